/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the running kernel was told about memory, other than by us: words that boot loaders keep,
 * so that they will be there next time, too. Pure.
 */
#ifndef RAMDAX_MEMMAP_WORDS_H
#define RAMDAX_MEMMAP_WORDS_H

#include "cmdline.h"

struct memmap_words {
	struct memmap_part *others; /* all parts of memmap= words but carveouts */
	size_t n_others;
	struct range *cut; /* no longer RAM: memmap=SIZE#START, $, % */
	size_t n_cut;
	struct range *taken; /* RAM that is somebody's: memmap=SIZE@START, crashkernel=SIZE@START */
	size_t n_taken;
	uint64_t limit; /* RAM from here on is not used: mem=, memmap=SIZE; UINT64_MAX: none */
};

/*
 * Reads @cmdline. Returns NULL, or why nothing is known of memory after these words, part of a
 * sentence which the caller frees; release @words in both cases.
 */
char *memmap_words_read(struct memmap_words *words, const char *cmdline);
void memmap_words_release(struct memmap_words *words);

#endif
