// SPDX-License-Identifier: GPL-2.0-or-later
/* Values of the file: what each may be, and what is said when it is something else. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "layout-parse.h"
#include "mem.h"
#include "text.h"

/* More than the physical address space of any processor ramdax runs on; no sum of sizes below can
 * wrap. */
#define SIZE_LIMIT (UINT64_C(1) << 52)

_Static_assert(sizeof(enum ns_mode) == sizeof(unsigned), "enums are stored as unsigned");

bool wrong_type(struct fault_list *faults, const struct toml *v, const char *what)
{
	FAULT_VALUE(faults, v, "\"%s\" must be %s, not %s", v->key, what, toml_type_name(v->type));
	return false;
}

bool read_bool(struct fault_list *faults, const struct key *key, const struct toml *v, void *field)
{
	(void)key;
	if (v->type != TOML_BOOLEAN)
		return wrong_type(faults, v, "true or false");
	*(bool *)field = v->boolean;
	return true;
}

/* "KEY" must be a number from MIN to MAX, or WORD. */
static bool wrong_number(struct fault_list *faults, const struct key *key, const struct toml *v,
			 const char *found)
{
	const struct numbers *n = key->of;
	_cleanup_(text_release) struct text range = {0};

	if (n->min == n->max)
		text_addf(&range, "%" PRId64, n->min);
	else
		text_addf(&range, "from %" PRId64 " to %" PRId64, n->min, n->max);
	if (n->word)
		text_addf(&range, ", or \"%s\"", n->word);
	FAULT_VALUE(faults, v, "\"%s\" must be %s, not %s", key->name, text_str(&range), found);
	return false;
}

bool read_number(struct fault_list *faults, const struct key *key, const struct toml *v,
		 void *field)
{
	const struct numbers *n = key->of;
	_cleanup_(freep) char *found = NULL;

	if (n->word && v->type == TOML_STRING) {
		if (v->string_len == strlen(n->word) && !strcmp(v->string, n->word)) {
			memcpy(field, &n->value, sizeof(unsigned));
			return true;
		}
		found = SHOWN(v);
		return wrong_number(faults, key, v, found);
	}
	if (v->type != TOML_INTEGER)
		return wrong_type(faults, v, n->word ? "an integer or a word" : "an integer");
	if (v->integer < n->min || v->integer > n->max) {
		found = mem_printf("%" PRId64, v->integer);
		return wrong_number(faults, key, v, found);
	}
	memcpy(field, &(unsigned){(unsigned)v->integer}, sizeof(unsigned));
	return true;
}

bool read_word(struct fault_list *faults, const struct key *key, const struct toml *v, void *field)
{
	const struct words *w = key->of;
	_cleanup_(text_release) struct text list = {0};
	_cleanup_(freep) char *shown = NULL;
	const char *nearest;

	for (unsigned i = 0; i < w->n; i++)
		text_addf(&list, "%s\"%s\"",
			  i == 0         ? ""
			  : i + 1 < w->n ? ", "
					 : " or ",
			  w->words[i]);
	if (v->type != TOML_STRING)
		return wrong_type(faults, v, text_str(&list));
	for (unsigned i = 0; i < w->n; i++)
		if (v->string_len == strlen(w->words[i]) && !strcmp(v->string, w->words[i])) {
			memcpy(field, &(unsigned){w->first + i}, sizeof(unsigned));
			return true;
		}
	shown = SHOWN(v);
	nearest = text_nearest(v->string, w->words, w->n);
	if (nearest)
		FAULT_VALUE(faults, v, "unknown %s %s, did you mean \"%s\"?", key->name, shown,
			    nearest);
	else
		FAULT_VALUE(faults, v, "unknown %s %s, must be %s", key->name, shown,
			    text_str(&list));
	return false;
}

/* A number of bytes, integer or string; @what else the string might have been. */
static bool bytes_of(struct fault_list *faults, const struct toml *v, const char *what,
		     uint64_t *bytes)
{
	_cleanup_(freep) char *shown = NULL;
	int r;

	if (v->type == TOML_INTEGER) {
		*bytes = (uint64_t)v->integer;
		if (v->integer < 0)
			FAULT_VALUE(faults, v, "\"%s\" must not be negative", v->key);
		return v->integer >= 0;
	}
	if (v->type != TOML_STRING)
		return wrong_type(faults, v, what);
	shown = SHOWN(v);
	r = strlen(v->string) == v->string_len ? size_parse(v->string, bytes) : -EINVAL;
	if (r == -EDOM) {
		int n = (int)strspn(v->string, "0123456789");
		char unit = (char)toupper((unsigned char)v->string[n]);

		FAULT_VALUE(faults, v,
			    "%s would be a power of ten: sizes are powers of 1024, "
			    "write \"%.*s%ciB\" or \"%.*s%c\"",
			    shown, n, v->string, unit, n, v->string, unit);
	} else if (r == -ERANGE) {
		FAULT_VALUE(faults, v, "%s is more than any machine has", shown);
	} else if (r < 0) {
		FAULT_VALUE(faults, v, "\"%s\" must be %s, not %s", v->key, what, shown);
	}
	return r == 0;
}

#define SIZE_WORDS "bytes, or digits with K, M, G, T, P, KiB, MiB, GiB, TiB or PiB"

/* A number of bytes that something can have. */
static bool size_of(struct fault_list *faults, const struct toml *v, const char *what,
		    uint64_t *bytes)
{
	if (!bytes_of(faults, v, what, bytes))
		return false;
	if (*bytes == 0)
		FAULT_VALUE(faults, v, "\"%s\" must not be 0", v->key);
	else if (*bytes > SIZE_LIMIT)
		FAULT_VALUE(faults, v, "\"%s\" is more than any machine has (%s)", v->key,
			    SIZE_HUMAN(*bytes));
	return *bytes > 0 && *bytes <= SIZE_LIMIT;
}

bool read_size(struct fault_list *faults, const struct key *key, const struct toml *v, void *field)
{
	(void)key;
	return size_of(faults, v, SIZE_WORDS, field);
}

bool read_choice(struct fault_list *faults, const struct key *key, const struct toml *v,
		 void *field)
{
	const struct choices *c = key->of;
	uint64_t bytes = 0;

	if (!bytes_of(faults, v, c->text, &bytes))
		return false;
	for (unsigned i = 0; i < c->n; i++)
		if (bytes == c->values[i]) {
			if (c->width == sizeof(uint64_t))
				memcpy(field, &bytes, sizeof(bytes));
			else
				memcpy(field, &(uint32_t){(uint32_t)bytes}, sizeof(uint32_t));
			return true;
		}
	FAULT_VALUE(faults, v, "\"%s\" must be %s, not %s", v->key, c->text, SIZE_EXACT(bytes));
	return false;
}

bool read_raw_size(struct fault_list *faults, const struct key *key, const struct toml *v,
		   void *field)
{
	struct layout_size *size = field;

	(void)key;
	size->kind = SIZE_RAW;
	return size_of(faults, v, SIZE_WORDS, &size->bytes);
}

/* "12.5%": digits, perhaps a point and decimals, the sign. */
static bool percent_of(struct fault_list *faults, const struct toml *v, double *percent)
{
	const char *s = v->string;
	size_t whole = strspn(s, "0123456789"), decimals = 0, n = whole;
	_cleanup_(freep) char *shown = SHOWN(v);

	if (s[n] == '.')
		n += 1 + (decimals = strspn(s + n + 1, "0123456789"));
	if (whole == 0 || (s[whole] == '.') != (decimals > 0) || strcmp(s + n, "%") != 0) {
		FAULT_VALUE(faults, v, "%s is no share: write digits and \"%%\", as in \"12.5%%\"",
			    shown);
		return false;
	}
	/* The program never sets a locale: the point is a point. */
	*percent = strtod(s, NULL);
	if (decimals > PERCENT_DECIMALS)
		FAULT_VALUE(faults, v, "%s has more than %d decimals", shown, PERCENT_DECIMALS);
	else if (!(*percent > 0 && *percent <= 100))
		FAULT_VALUE(faults, v, "a share must be above 0%% and at most 100%%, not %s",
			    shown);
	else
		return true;
	return false;
}

static bool share_of(struct fault_list *faults, const struct toml *v, const char *what, bool rest,
		     struct layout_size *size)
{
	if (v->type == TOML_STRING && v->string_len > 0 && v->string[v->string_len - 1] == '%') {
		size->kind = SIZE_PERCENT;
		return percent_of(faults, v, &size->percent);
	}
	if (rest && v->type == TOML_STRING && v->string_len == 4 && !strcmp(v->string, "rest")) {
		size->kind = SIZE_REST;
		return true;
	}
	size->kind = SIZE_BYTES;
	return size_of(faults, v, what, &size->bytes);
}

bool read_share(struct fault_list *faults, const struct key *key, const struct toml *v, void *field)
{
	(void)key;
	return share_of(faults, v, SIZE_WORDS ", or a share as in \"25%\", or \"rest\"", true,
			field);
}

bool read_region_share(struct fault_list *faults, const struct key *key, const struct toml *v,
		       void *field)
{
	(void)key;
	return share_of(faults, v, SIZE_WORDS ", or a share of RAM as in \"50%\"", false, field);
}

uint64_t percent_units(double percent)
{
	return (uint64_t)(percent * PERCENT_ONE + 0.5);
}

uint64_t layout_share(uint64_t of, double percent)
{
	return (uint64_t)((unsigned __int128)of * percent_units(percent) / (100 * PERCENT_ONE));
}

bool read_address(struct fault_list *faults, const struct key *key, const struct toml *v,
		  void *field)
{
	const char *what = "a physical address as in \"0x1080000000\"";
	uint64_t *address = field;

	(void)key;
	if ((v->type != TOML_STRING || strlen(v->string) != v->string_len ||
	     number_parse(v->string, address) < 0) &&
	    !bytes_of(faults, v, what, address))
		return false;
	if (*address == 0 || *address > SIZE_LIMIT)
		FAULT_VALUE(faults, v, "\"%s\" must be above 0 and below 2^52", v->key);
	else if (!is_aligned(*address, 4 * KIB))
		FAULT_VALUE(faults, v, "\"%s\" must be a multiple of 4KiB", v->key);
	else
		return true;
	return false;
}
