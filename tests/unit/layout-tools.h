/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests of layouts share: reading them, and telling whether two mean the same. */
#ifndef RAMDAX_LAYOUT_TOOLS_H
#define RAMDAX_LAYOUT_TOOLS_H

#include <fcntl.h>

#include "layout.h"
#include "mem.h"
#include "text.h"
#include "unit.h"

/* The whole file. */
static inline char *file_text(const char *path)
{
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct text t = {0};
	char buffer[4096];
	ssize_t n;

	while (fd >= 0 && (n = read(fd, buffer, sizeof(buffer))) > 0)
		text_add_bytes(&t, buffer, (size_t)n);
	return text_take(&t);
}

/* Faults as the program says them, one a line. */
static inline char *faults_text(const struct fault_list *faults, const char *path)
{
	struct text t = {0};

	for (size_t i = 0; i < faults->n; i++)
		text_addf(&t, "%s:%u:%u: %s\n", path, faults->items[i].line,
			  faults->items[i].column, faults->items[i].text);
	return text_take(&t);
}

/* The layout, or NULL after failing a check that says why. */
static inline struct layout *layout_of(const char *text)
{
	_cleanup_(fault_list_release) struct fault_list faults = {0};
	struct layout *layout = layout_read_text(text, strlen(text), "layout.toml", &faults);
	_cleanup_(freep) char *said = faults_text(&faults, "layout.toml");

	CHECK_STR(said, "");
	CHECK(layout);
	return layout;
}

static inline char *layout_text(const struct layout *layout)
{
	struct text t = {0};

	layout_print(layout, &t);
	return text_take(&t);
}

static inline void check_same_strings(char *const *a, size_t n_a, char *const *b, size_t n_b)
{
	if (CHECK_INT(n_a, n_b))
		for (size_t i = 0; i < n_a; i++)
			CHECK_STR(a[i], b[i]);
}

static inline void check_same_size(const struct layout_size *a, const struct layout_size *b)
{
	CHECK_INT(a->kind, b->kind);
	CHECK_INT(a->bytes, b->bytes);
	CHECK(a->percent == b->percent);
}

static inline void check_same_filesystem(const struct layout_filesystem *a,
					 const struct layout_filesystem *b)
{
	CHECK_INT(a->type, b->type);
	CHECK_STR(a->label, b->label);
	CHECK_BYTES(a->uuid, b->uuid, sizeof(uuid_t));
	CHECK_INT(a->uuid_declared, b->uuid_declared);
	check_same_strings(a->options, a->n_options, b->options, b->n_options);
	CHECK_STR(a->mount_point, b->mount_point);
	check_same_strings(a->mount_options, a->n_mount_options, b->mount_options,
			   b->n_mount_options);
}

static inline void check_same_namespace(const struct layout_namespace *a,
					const struct layout_namespace *b)
{
	CHECK_STR(a->name, b->name);
	CHECK_INT(a->mode, b->mode);
	check_same_size(&a->size, &b->size);
	CHECK_INT(a->align, b->align);
	CHECK_INT(a->align_declared, b->align_declared);
	CHECK_INT(a->map, b->map);
	CHECK_INT(a->map_declared, b->map_declared);
	CHECK_INT(a->sector_size, b->sector_size);
	CHECK_INT(a->sector_size_declared, b->sector_size_declared);
	CHECK_BYTES(a->uuid, b->uuid, sizeof(uuid_t));
	CHECK_INT(a->uuid_declared, b->uuid_declared);
	CHECK_INT(a->on_conflict, b->on_conflict);
	CHECK_INT(a->survives, b->survives);
	CHECK_INT(a->scrub, b->scrub);
	CHECK_STR(a->owner, b->owner);
	CHECK_STR(a->group, b->group);
	CHECK_INT(a->access, b->access);
	CHECK_INT(a->access_declared, b->access_declared);
	CHECK_INT(a->required, b->required);
	check_same_filesystem(&a->fs, &b->fs);
}

static inline void check_same_region(const struct layout_region *a, const struct layout_region *b)
{
	CHECK_STR(a->name, b->name);
	check_same_size(&a->size, &b->size);
	CHECK_INT(a->node, b->node);
	CHECK_INT(a->has_address, b->has_address);
	CHECK_INT(a->address, b->address);
	CHECK_INT(a->foreign, b->foreign);
	CHECK_INT(a->required, b->required);
	if (CHECK_INT(a->n_namespaces, b->n_namespaces))
		for (size_t i = 0; i < a->n_namespaces; i++)
			check_same_namespace(&a->namespaces[i], &b->namespaces[i]);
}

/* Everything but where it stands in the file. */
static inline void check_same_layout(const struct layout *a, const struct layout *b)
{
	CHECK_BYTES(a->seed, b->seed, sizeof(uuid_t));
	CHECK_INT(a->seed_declared, b->seed_declared);
	CHECK_INT(a->has_system_memory, b->has_system_memory);
	CHECK_INT(a->system_memory, b->system_memory);
	CHECK_INT(a->boot_timeout, b->boot_timeout);
	if (CHECK_INT(a->n_regions, b->n_regions))
		for (size_t i = 0; i < a->n_regions; i++)
			check_same_region(&a->regions[i], &b->regions[i]);
}

/* What is printed reads back as the same, and prints as the same. */
static inline void check_round_trip(const char *text)
{
	struct layout *layout = layout_of(text), *again = NULL;
	_cleanup_(freep) char *printed = layout ? layout_text(layout) : NULL;
	_cleanup_(freep) char *printed_again = NULL;

	if (printed)
		again = layout_of(printed);
	if (again) {
		check_same_layout(layout, again);
		printed_again = layout_text(again);
		CHECK_STR(printed_again, printed);
	}
	layout_free(layout);
	layout_free(again);
}

#endif
