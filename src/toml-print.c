// SPDX-License-Identifier: GPL-2.0-or-later
/* The tree as TOML again. */
#include "toml-print.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "mem.h"

char *toml_quoted(const char *s, size_t n)
{
	static const char escaped[] = "\b\t\n\f\r\"\\", letters[] = "btnfr\"\\";
	struct text t = {0};
	size_t plain = 0; /* from here on nothing is to be escaped */

	text_add_char(&t, '"');
	for (size_t i = 0; i < n; i++) {
		const char *e;

		if ((unsigned char)s[i] >= 0x20 && s[i] != 0x7f && s[i] != '"' && s[i] != '\\')
			continue;
		e = s[i] ? strchr(escaped, s[i]) : NULL;
		text_add_bytes(&t, s + plain, i - plain);
		plain = i + 1;
		if (e)
			text_addf(&t, "\\%c", letters[e - escaped]);
		else
			text_addf(&t, "\\u%04X", (unsigned char)s[i]);
	}
	text_add_bytes(&t, s + plain, n - plain);
	text_add_char(&t, '"');
	return text_take(&t);
}

static bool is_bare(const char *key, size_t n)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_";

	return n > 0 && strspn(key, letters) == n;
}

static void add_key(struct text *out, const struct toml *v)
{
	_cleanup_(freep) char *quoted =
		is_bare(v->key, v->key_len) ? NULL : toml_quoted(v->key, v->key_len);

	text_add(out, quoted ? quoted : v->key);
}

/* As many digits as bring the same number back, and none that makes it an integer. */
static void add_float(struct text *out, double number)
{
	size_t start = out->len;

	if (isnan(number) || isinf(number)) {
		text_add(out, isnan(number) ? "nan" : number < 0 ? "-inf" : "inf");
		return;
	}
	text_addf(out, "%.17g", number);
	if (!strpbrk(text_str(out) + start, ".e"))
		text_add(out, ".0");
}

static void add_value(struct text *out, const struct toml *v)
{
	const char *open = v->type == TOML_TABLE ? "{" : "[", *close = open[0] == '{' ? "}" : "]";
	_cleanup_(freep) char *quoted = NULL;

	switch (v->type) {
	case TOML_STRING:
		quoted = toml_quoted(v->string, v->string_len);
		text_add(out, quoted);
		break;
	case TOML_INTEGER:
		text_addf(out, "%" PRId64, v->integer);
		break;
	case TOML_FLOAT:
		add_float(out, v->number);
		break;
	case TOML_BOOLEAN:
		text_add(out, v->boolean ? "true" : "false");
		break;
	case TOML_DATETIME:
	case TOML_DATETIME_LOCAL:
	case TOML_DATE_LOCAL:
	case TOML_TIME_LOCAL:
		text_add(out, v->string);
		break;
	case TOML_ARRAY:
	case TOML_TABLE:
		text_add(out, open);
		for (size_t i = 0; i < v->n; i++) {
			text_add(out, i ? ", " : "");
			if (v->type == TOML_TABLE) {
				add_key(out, v->items[i]);
				text_add(out, " = ");
			}
			add_value(out, v->items[i]);
		}
		text_add(out, close);
		break;
	}
}

struct printer {
	struct text *out;
	toml_remark *remark;
	const void *context;
};

/* What is to be said of @v, behind the line that began at @start. */
static void end_line(const struct printer *p, size_t start, unsigned line)
{
	size_t columns = text_columns(text_str(p->out) + start);

	if (p->remark) {
		text_add_repeated(p->out, " ",
				  columns < TOML_REMARK_COLUMN ? TOML_REMARK_COLUMN - columns : 1);
		text_add(p->out, "# ");
		p->remark(p->context, line, p->out);
	}
	text_add_char(p->out, '\n');
}

static bool is_headed(const struct toml *v)
{
	return v->type == TOML_TABLE || toml_is_tables(v);
}

static void print_members(const struct printer *p, const struct toml *table, const char *path);

/* [PATH] or [[PATH]] with what is in it. */
static void print_table(const struct printer *p, const struct toml *table, const char *path,
			bool element)
{
	size_t start;

	text_add_char(p->out, '\n');
	start = p->out->len;
	text_addf(p->out, element ? "[[%s]]" : "[%s]", path);
	end_line(p, start, table->value_line);
	print_members(p, table, path);
}

static void print_headed(const struct printer *p, const struct toml *v, const char *above)
{
	_cleanup_(text_release) struct text path = {0};

	text_addf(&path, "%s%s", above, *above ? "." : "");
	add_key(&path, v);
	if (v->type == TOML_TABLE)
		print_table(p, v, text_str(&path), false);
	for (size_t i = 0; v->type == TOML_ARRAY && i < v->n; i++)
		print_table(p, v->items[i], text_str(&path), true);
}

/* What has no header of its own comes first: behind one it would be that table's. */
static void print_members(const struct printer *p, const struct toml *table, const char *path)
{
	for (size_t i = 0; i < table->n; i++) {
		size_t start = p->out->len;

		if (is_headed(table->items[i]))
			continue;
		add_key(p->out, table->items[i]);
		text_add(p->out, " = ");
		add_value(p->out, table->items[i]);
		end_line(p, start, table->items[i]->line);
	}
	for (size_t i = 0; i < table->n; i++)
		if (is_headed(table->items[i]))
			print_headed(p, table->items[i], path);
}

void toml_print(const struct toml *root, toml_remark *remark, const void *context, struct text *out)
{
	const struct printer p = {out, remark, context};

	print_members(&p, root, "");
}
