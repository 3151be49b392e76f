/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * harm: what is on media in a carveout, damaged, and what ramdax makes of that, judged.
 *
 * harm-media.c and harm-labels.c damage an image of the carveout; harm.c lays it into the machine
 * and has ramdax apply its layout; harm-judge.c says what is wrong with what came of it.
 */
#ifndef HARM_H
#define HARM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BASE       UINT64_C(0x100000000) /* of the carveout, physical */
#define PAGE       4096
#define LABEL_AREA (128 * 1024)
#define PLACES_MAX 64
#define TEXT_MAX   4096

/* A namespace. Offsets are from the start of the carveout. */
struct place {
	char name[65], mode[8], fs[8], state[16], device[64];
	uint64_t start, size, raw;
};

struct places {
	struct place at[PLACES_MAX];
	size_t n;
};

struct extent {
	uint64_t start, size;
};

/* The carveout as it was made, and as it is damaged; where the two differ. */
struct media {
	uint8_t *pristine, *bytes;
	uint64_t size; /* the label area is the end */
	struct places known;
	struct extent harmed[8];
	size_t n_harmed;
	bool *touched; /* a page each */
};

/* The numbers that a seed chooses: any, and below @n. */
uint64_t number(void);
uint64_t below(uint64_t n);

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define ONE(list)   (&(list)[below(COUNT(list))])

/* The checksum of drivers/nvdimm (nd_fletcher64) over @n bytes in which it lies itself at @at. */
uint64_t sum_of(const uint8_t *bytes, size_t n, size_t at);
void put_sum(uint8_t *bytes, size_t n, size_t at);

/* Bits, a torn write, or noise; says which. */
const char *wreck(uint8_t *bytes, size_t n);

/* What a block on media consists of. */
struct field {
	const char *name;
	size_t offset, size;
};
void field_set(uint8_t *bytes, const struct field *f, uint64_t value);

/* To a value that is near to what is there, an extreme, or any. */
void field_change(uint8_t *bytes, const struct field *f);

void harm_labels(uint8_t *area, char what[TEXT_MAX]);

/* Where the data of @p begins: behind its info block and page map, if it has them. */
uint64_t place_data(const struct place *p);

/* The superblock of @p, in the carveout; size 0 if it has no file system. */
struct extent place_super(const struct place *p);

/* Damages m->bytes in a way that @seed chooses, and says which in @what. */
void media_harm(struct media *m, uint64_t seed, char what[TEXT_MAX]);
void media_heal(struct media *m);

/* What the label area of @m claims, by the index that the kernel takes; a label that it passes over
 * claims what it did when it was made. False if there is no index. */
bool media_claims(const struct media *m, const uint8_t *bytes, struct places *claims);

/* What ramdax reported. */
struct report {
	int status;
	bool complains; /* there is an error or a warning in it */
	struct places places;
};

/* False if @path is none. */
bool report_read(const char *path, struct report *report);

/* What is wrong with @report, of a run on @m that ended with @status, is added to @why. */
void judge_report(const struct media *m, const struct report *report, int status,
		  char why[TEXT_MAX]);

/* What is wrong with the memory @after it, whose changed pages are marked as touched; @seen is what
 * the kernel had up before, if anything. */
void judge_memory(struct media *m, const struct report *report, const struct places *seen,
		  const uint8_t *after, char why[TEXT_MAX]);

void add_text(char text[TEXT_MAX], const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
