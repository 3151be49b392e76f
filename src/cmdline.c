// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <strings.h>

#include "cmdline.h"
#include "mem.h"
#include "text.h"

char *cmdline_next(const char **cursor)
{
	_cleanup_(text_release) struct text word = {0};
	const char *s = *cursor + strspn(*cursor, " \t\n");
	bool quoted = false;

	if (!*s) {
		*cursor = s;
		return NULL;
	}
	for (; *s && (quoted || !strchr(" \t\n", *s)); s++) {
		if (*s == '"')
			quoted = !quoted;
		else
			text_add_char(&word, *s);
	}
	*cursor = s;
	return text_take(&word);
}

bool cmdline_has(const char *cmdline, const char *word)
{
	char *found;

	while ((found = cmdline_next(&cmdline))) {
		bool same = !strcmp(found, word);

		free(found);
		if (same)
			return true;
	}
	return false;
}

char *cmdline_value(const char *cmdline, const char *key)
{
	size_t n = strlen(key);
	char *value = NULL;
	char *word;

	while ((word = cmdline_next(&cmdline))) {
		if (!strncmp(word, key, n) && (word[n] == '=' || !word[n])) {
			free(value);
			value = mem_strdup(word[n] ? word + n + 1 : "");
		}
		free(word);
	}
	return value;
}

bool cmdline_bool(const char *cmdline, const char *key, bool otherwise)
{
	_cleanup_(freep) char *value = cmdline_value(cmdline, key);

	if (!value)
		return otherwise;
	return strcmp(value, "0") != 0 && strcmp(value, "no") != 0 && strcmp(value, "off") != 0;
}

/* The kernel's memparse(). False if there is no number, or one that does not fit. */
static bool memparse(const char **s, uint64_t *n)
{
	static const char suffixes[] = "kmgtpe";
	const char *suffix;
	char *end;

	if (**s < '0' || **s > '9')
		return false;
	errno = 0;
	*n = strtoull(*s, &end, 0);
	if (errno)
		return false;
	*s = end;
	suffix = *end ? strchr(suffixes, *end | 0x20) : NULL;
	if (suffix) {
		(*s)++;
		return checked_multiply(*n, UINT64_C(1) << 10 * (suffix - suffixes + 1), n);
	}
	return true;
}

static struct memmap_part memmap_part_read(const char *text)
{
	struct memmap_part part = {.text = mem_strdup(text)};
	struct range range;
	const char *s = text;
	uint64_t end;
	char kind;

	if (!memparse(&s, &range.size) || !*s || !strchr("!@#$%", *s))
		return part;
	kind = *s++;
	if (memparse(&s, &range.start) && checked_add(range.start, range.size, &end)) {
		part.kind = kind;
		part.range = range;
	}
	return part;
}

size_t cmdline_memmap(const char *cmdline, struct memmap_part **parts)
{
	struct memmap_part *list = NULL;
	size_t n = 0;
	char *word;

	while ((word = cmdline_next(&cmdline))) {
		char *rest = word + strlen("memmap=");
		bool ours = !strncmp(word, "memmap=", strlen("memmap="));
		bool end = !strcmp(word, "--"); /* what follows is init's */

		while (ours && rest) {
			char *part = strsep(&rest, ",");
			struct memmap_part read = memmap_part_read(part);

			*MEM_APPEND(list, n) = read;
		}
		free(word);
		if (end)
			break;
	}
	*parts = list;
	return n;
}

void memmap_free(struct memmap_part *parts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(parts[i].text);
	free(parts);
}
