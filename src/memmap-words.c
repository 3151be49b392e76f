// SPDX-License-Identifier: GPL-2.0-or-later
#include "memmap-words.h"

#include <string.h>

#include "mem.h"

/* Reads @text as the kernel reads SIZE@START. */
static bool read_place(const char *text, struct range *place)
{
	_cleanup_(freep) char *word = mem_printf("memmap=%s", text);
	struct memmap_part *parts;
	size_t n = cmdline_memmap(word, &parts);
	bool found = n == 1 && parts[0].kind == '@';

	if (found)
		*place = parts[0].range;
	memmap_free(parts, n);
	return found;
}

/* Lowers the limit to @text, if that is a size. */
static bool read_limit(struct memmap_words *words, const char *text)
{
	_cleanup_(freep) char *place = mem_printf("%s@0", text);
	struct range r;

	if (!read_place(place, &r) || !r.size)
		return false;
	if (r.size < words->limit)
		words->limit = r.size;
	return true;
}

/* A fixed place for the crash kernel, of one word: [RANGE:]SIZE[,RANGE:SIZE...]@START. Which of
 * several sizes depends on the RAM that there is: the largest. */
static void read_crash_place(struct memmap_words *words, char *value)
{
	char *start = strrchr(value, '@'), *part, *rest = value;
	struct range most = {0};

	if (!start)
		return;
	*start++ = '\0';
	while ((part = strsep(&rest, ","))) {
		char *colon = strchr(part, ':');
		_cleanup_(freep) char *place = mem_printf("%s@%s", colon ? colon + 1 : part, start);
		struct range r;

		if (read_place(place, &r) && r.size > most.size)
			most = r;
	}
	if (most.size)
		*MEM_APPEND(words->taken, words->n_taken) = most;
}

/* There may be several: those with ",high" or ",low" behind them stand beside the one that has a
 * place (kernel/crash_reserve.c, get_last_crashkernel). */
static void read_crashkernel(struct memmap_words *words, const char *cmdline)
{
	static const char key[] = "crashkernel=";
	char *word;

	while ((word = cmdline_next(&cmdline))) {
		if (!strncmp(word, key, strlen(key)))
			read_crash_place(words, word + strlen(key));
		free(word);
	}
}

/* False if the part leaves nothing known. */
static bool read_part(struct memmap_words *words, const struct memmap_part *part)
{
	switch (part->kind) {
	case '@':
		*MEM_APPEND(words->taken, words->n_taken) = part->range;
		return true;
	case '#':
	case '$':
	case '%':
		*MEM_APPEND(words->cut, words->n_cut) = part->range;
		return true;
	default:
		return read_limit(words, part->text);
	}
}

char *memmap_words_read(struct memmap_words *words, const char *cmdline)
{
	_cleanup_(freep) char *mem = cmdline_value(cmdline, "mem");
	struct memmap_part *parts;
	size_t n = cmdline_memmap(cmdline, &parts);
	char *why = NULL;

	*words = (struct memmap_words){.limit = UINT64_MAX};
	for (size_t i = 0; i < n; i++) {
		struct memmap_part part = parts[i];

		if (part.kind == '!' || !*part.text)
			continue;
		if (!read_part(words, &part) && !why)
			why = mem_printf("the running kernel was told \"memmap=%s\", after which "
					 "its memory map is not the firmware's",
					 part.text);
		part.text = mem_strdup(part.text);
		*MEM_APPEND(words->others, words->n_others) = part;
	}
	memmap_free(parts, n);
	read_crashkernel(words, cmdline);
	/* Anything else ("nopentium") is none of ours. */
	if (mem)
		read_limit(words, mem);
	return why;
}

void memmap_words_release(struct memmap_words *words)
{
	memmap_free(words->others, words->n_others);
	free(words->cut);
	free(words->taken);
	*words = (struct memmap_words){0};
}
