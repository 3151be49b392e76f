/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The label area as bytes: index blocks and labels of version 1.2 (UEFI 2.10, 13.19; Linux
 * drivers/nvdimm/label.h: struct nd_namespace_index, struct nd_namespace_label). Pure.
 */
#ifndef RAMDAX_LABEL_IMAGE_H
#define RAMDAX_LABEL_IMAGE_H

#include "layout.h"
#include "machine.h"
#include "media.h"

/* One namespace of the area. */
struct label {
	uuid_t uuid;
	const char *name;
	enum ns_mode mode;
	struct range where; /* offsets from the region's start */
};

/*
 * Adds to @media what makes the label area (offsets from its start) hold exactly the @n @labels:
 * the labels first, the index blocks, which make them count, last. All of an area that is not
 * written stays as it is and counts for nothing. @n is at most REGION_NAMESPACES_MAX.
 */
void label_image(const struct label *labels, size_t n, struct media *media);

/*
 * Adds to @media what makes the label area empty for the kernel and says that something was found
 * in the region that has lost its labels. It is in the way of nothing: the first namespace that
 * anybody makes overwrites it.
 */
void label_mark_lost(struct media *media);

/* Its index blocks, at the start. */
#define LABEL_INDEX_BYTES 512

/* How much of the label area @area must be read, from its start, so that all functions below find
 * what they would find in all of it: with a valid index, up to the last label that is used. Looks
 * at the index blocks alone. */
size_t label_area_extent(const unsigned char *area);

/* What the label area @area of LABEL_AREA_SIZE bytes says, as the kernel would read it (label.c:
 * __nd_label_validate). Never LABELS_UNKNOWN. */
enum label_state label_area_state(const unsigned char *area);

/* Whether the kernel refuses to have what @area says: labels of another version, or places that
 * overlap or are none (label.c, nd_label_reserve_dpa). */
bool label_area_refused(const unsigned char *area);

/* A slot that the index says is used, and whose label the kernel passes over. */
struct damaged_label {
	uint32_t slot;
	const char *fault;
	uuid_t uuid;
	char name[NAME_BYTES_MAX + 1]; /* what is no printable ASCII is "?" */
	struct range where;            /* offsets from the region's start, unchecked */
	bool credible;                 /* its checksum fits, so that all this was written so */
};

/* The damaged ones of the label area @area of a region with @usable bytes for namespaces, in
 * *@labels, which the caller frees. Their number. */
size_t label_area_damaged(const unsigned char *area, uint64_t usable,
			  struct damaged_label **labels);

/*
 * Those of the label area @area that the kernel takes as they are, in *@labels, which the caller
 * frees; their names lie in @area, and their modes are not told. Left out are those whose name has
 * no end. Their number.
 */
size_t label_area_sound(const unsigned char *area, uint64_t usable, struct label **labels);

/*
 * Those of the label area @area that are credible, of the index or where there is none of all
 * slots, but of no scaffolds: what the region holds, or has held. As in label_area_sound(); their
 * places are not told.
 */
size_t label_area_traces(const unsigned char *area, struct label **labels);

/* Adds to @media what frees the slots of the damaged ones of @area; all others stay. */
void label_area_drop_damaged(const unsigned char *area, uint64_t usable, struct media *media);

#endif
