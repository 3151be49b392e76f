// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * toml-decode: TOML on standard input, toml-test's tagged JSON on standard output. An invalid
 * document gives status 1, nothing on standard output and its faults on standard error, as
 * "stdin:LINE:COLUMN: message".
 *
 * Keys and strings are written by json-c; objects are not made of its own, whose keys cannot hold
 * U+0000.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <math.h>
#include <string.h>

#include "mem.h"
#include "text.h"
#include "toml.h"

static void add_string(struct text *out, const char *s, size_t n)
{
	struct json_object *json = json_object_new_string_len(s, (int)n);

	text_add(out, json_object_to_json_string_ext(json, JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(json);
}

static void add_scalar(struct text *out, const char *type, const char *s, size_t n)
{
	text_addf(out, "{\"type\": \"%s\", \"value\": ", type);
	add_string(out, s, n);
	text_add_char(out, '}');
}

/* The fewest digits that read back as the same number. The caller frees it. */
static char *float_text(double number)
{
	char *s = NULL;

	if (isnan(number))
		return mem_strdup("nan");
	if (isinf(number))
		return mem_strdup(number > 0 ? "inf" : "-inf");
	for (int digits = 1; digits <= 17; digits++) {
		free(s);
		s = mem_printf("%.*g", digits, number);
		if (strtod(s, NULL) == number)
			break;
	}
	if (!strpbrk(s, ".e")) {
		char *whole = s;

		s = mem_printf("%s.0", whole);
		free(whole);
	}
	return s;
}

/* An array or table, one item a line. @indent stands before its closing bracket. */
static void add_container(struct text *out, const struct toml *v, int indent)
{
	bool table = v->type == TOML_TABLE;

	text_add_char(out, table ? '{' : '[');
	for (size_t i = 0; i < v->n; i++) {
		const struct toml *item = v->items[i];
		_cleanup_(freep) char *s = NULL;

		text_addf(out, "%s\n%*s", i ? "," : "", indent + 2, "");
		if (table) {
			add_string(out, item->key, item->key_len);
			text_add(out, ": ");
		}
		switch (item->type) {
		case TOML_STRING:
			add_scalar(out, "string", item->string, item->string_len);
			break;
		case TOML_INTEGER:
			s = mem_printf("%" PRId64, item->integer);
			add_scalar(out, "integer", s, strlen(s));
			break;
		case TOML_FLOAT:
			s = float_text(item->number);
			add_scalar(out, "float", s, strlen(s));
			break;
		case TOML_BOOLEAN:
			s = mem_strdup(item->boolean ? "true" : "false");
			add_scalar(out, "bool", s, strlen(s));
			break;
		case TOML_DATETIME:
			add_scalar(out, "datetime", item->string, item->string_len);
			break;
		case TOML_DATETIME_LOCAL:
			add_scalar(out, "datetime-local", item->string, item->string_len);
			break;
		case TOML_DATE_LOCAL:
			add_scalar(out, "date-local", item->string, item->string_len);
			break;
		case TOML_TIME_LOCAL:
			add_scalar(out, "time-local", item->string, item->string_len);
			break;
		case TOML_ARRAY:
		case TOML_TABLE:
			add_container(out, item, indent + 2);
			break;
		}
	}
	if (v->n > 0)
		text_addf(out, "\n%*s", indent, "");
	text_add_char(out, table ? '}' : ']');
}

/* Standard input, up to one byte more than a document may have. */
static void read_all(struct text *text)
{
	char buffer[65536];
	size_t n;

	while (text->len <= TOML_SIZE_MAX && (n = fread(buffer, 1, sizeof(buffer), stdin)) > 0)
		text_add_bytes(text, buffer, n);
	if (ferror(stdin)) {
		perror("toml-decode");
		exit(1);
	}
}

int main(void)
{
	_cleanup_(text_release) struct text text = {0}, out = {0};
	_cleanup_(fault_list_release) struct fault_list faults = {0};
	struct toml *root;

	read_all(&text);
	root = toml_parse(text_str(&text), text.len, 1, &faults);
	if (faults.n > 0) {
		for (size_t i = 0; i < faults.n; i++)
			fault_say(&faults.items[i], "stdin");
	} else {
		add_container(&out, root, 0);
		text_add_char(&out, '\n');
		if (fwrite(out.s, 1, out.len, stdout) != out.len || fflush(stdout) != 0)
			return 1;
	}
	toml_free(root);
	return faults.n > 0;
}
