/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where in a list those are that bear a name: a hash table of their numbers, for lists in which
 * everything is looked up once.
 */
#ifndef RAMDAX_INDEX_H
#define RAMDAX_INDEX_H

#include "cleanup.h"

#define INDEX_NONE SIZE_MAX

/* Zeroed memory is an empty index. */
struct index {
	struct index_entry *entries;
	size_t n;
	size_t *buckets; /* the number of the last entry of each, or INDEX_NONE */
	size_t n_buckets;
};

/* Notes the @n bytes at @key as what number @index->n bears. */
void index_add(struct index *index, const void *key, size_t n);

/*
 * The numbers of those that may bear @key, the last added first: all that do, and seldom another,
 * which the caller tells apart. INDEX_NONE after the last.
 */
size_t index_first(const struct index *index, const void *key, size_t n);
size_t index_next(const struct index *index, size_t number);

void index_release(struct index *index);

#endif
