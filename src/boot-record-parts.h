/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a boot's record holds; for boot-record.c and boot-record-read.c only.
 */
#ifndef RAMDAX_BOOT_RECORD_PARTS_H
#define RAMDAX_BOOT_RECORD_PARTS_H

#include "boot-record.h"
#include "spent.h"

struct recorded {
	char *name;
	size_t at; /* its place in the report */
	uuid_t uuid;
	bool has_uuid;
	bool there; /* not only declared */
	bool made;  /* in this boot, whatever has become of its state */
	char *word; /* its state, as it was reported */
	enum record_state state;
	bool has_took;
	uint64_t took;
};

struct boot_record {
	bool lost;        /* there is one, but it could not be read, or not all of it */
	struct range *up; /* physical: of regions whose namespaces were all to be seen */
	size_t n_up;
	struct recorded *namespaces; /* by name; those of a name as they were written */
	size_t n;
	uuid_t *made; /* noted before they were published */
	size_t n_made;
	struct spent spent;
	bool has_spent;
	bool told;           /* to journald */
	char *image_program; /* or NULL */
	char *image_resolved;
};

#endif
