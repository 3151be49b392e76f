// SPDX-License-Identifier: GPL-2.0-or-later
#include "index.h"

#include "mem.h"

#define BUCKETS_MIN 16

struct index_entry {
	uint64_t hash;
	size_t next; /* in its bucket */
};

/* FNV-1a, 64 bits. */
static uint64_t hash_of(const void *key, size_t n)
{
	const unsigned char *bytes = key;
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3;
	return hash;
}

static void chain(struct index *index, size_t number)
{
	struct index_entry *entry = &index->entries[number];
	size_t *bucket = &index->buckets[entry->hash % index->n_buckets];

	entry->next = *bucket;
	*bucket = number;
}

static void grow(struct index *index)
{
	free(index->buckets);
	index->n_buckets = index->n_buckets ? 2 * index->n_buckets : BUCKETS_MIN;
	index->buckets = mem_calloc(index->n_buckets, sizeof(*index->buckets));
	for (size_t i = 0; i < index->n_buckets; i++)
		index->buckets[i] = INDEX_NONE;
	for (size_t i = 0; i < index->n; i++)
		chain(index, i);
}

void index_add(struct index *index, const void *key, size_t n)
{
	if (index->n == index->n_buckets)
		grow(index);
	MEM_APPEND(index->entries, index->n)->hash = hash_of(key, n);
	chain(index, index->n - 1);
}

/* The first in the chain from @number on that has @hash. */
static size_t find(const struct index *index, size_t number, uint64_t hash)
{
	while (number != INDEX_NONE && index->entries[number].hash != hash)
		number = index->entries[number].next;
	return number;
}

size_t index_first(const struct index *index, const void *key, size_t n)
{
	uint64_t hash = hash_of(key, n);

	if (!index->n)
		return INDEX_NONE;
	return find(index, index->buckets[hash % index->n_buckets], hash);
}

size_t index_next(const struct index *index, size_t number)
{
	const struct index_entry *entry = &index->entries[number];

	return find(index, entry->next, entry->hash);
}

void index_release(struct index *index)
{
	free(index->entries);
	free(index->buckets);
	*index = (struct index){0};
}
