// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The keys of the layout as its reader has them, a line of JSON each: the table, the key, whether
 * [defaults] may have it, and the words, bounds or choices that its value is one of.
 */
#include "layout-parse.h"

static void print_values(const struct key *key)
{
	if (key->read == read_word) {
		const struct words *w = key->of;

		printf(", \"words\": [");
		for (unsigned i = 0; i < w->n; i++)
			printf("%s\"%s\"", i ? ", " : "", w->words[i]);
		printf("]");
	} else if (key->read == read_number) {
		const struct numbers *n = key->of;

		printf(", \"bounds\": [%lld, %lld]", (long long)n->min, (long long)n->max);
		if (n->word)
			printf(", \"word\": \"%s\"", n->word);
	} else if (key->read == read_choice) {
		const struct choices *c = key->of;

		printf(", \"choices\": [");
		for (unsigned i = 0; i < c->n; i++)
			printf("%s%llu", i ? ", " : "", (unsigned long long)c->values[i]);
		printf("]");
	}
}

int main(void)
{
	static const struct table *const tables[] = {&top_table, &region_table, &namespace_table,
						     &filesystem_table};

	for (size_t t = 0; t < sizeof(tables) / sizeof(*tables); t++)
		for (unsigned k = 0; k < tables[t]->n; k++) {
			const struct key *key = &tables[t]->keys[k];

			printf("{\"table\": \"%s\", \"key\": \"%s\", \"inherited\": %s",
			       tables[t]->title, key->name, key->inherited ? "true" : "false");
			print_values(key);
			printf("}\n");
		}
	return 0;
}
