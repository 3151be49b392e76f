// SPDX-License-Identifier: GPL-2.0-or-later
#include "derive.h"

#include <inttypes.h>
#include <string.h>

#include "text.h"

static void derive(const uuid_t seed, const struct text *name, uuid_t uuid)
{
	uuid_generate_sha1(uuid, seed, text_str(name), name->len);
}

void derive_namespace_uuid(const uuid_t seed, const char *name, uuid_t uuid)
{
	_cleanup_(text_release) struct text t = {0};

	text_addf(&t, "ramdax:namespace:%s", name);
	derive(seed, &t, uuid);
}

void derive_info_uuid(const uuid_t seed, const struct layout_namespace *ns, uint64_t raw,
		      uuid_t uuid)
{
	_cleanup_(text_release) struct text t = {0};
	uint64_t align = ns->mode == MODE_SECTOR ? ns->sector_size : ns->align;

	text_addf(&t, "ramdax:info:%s:%s:", ns->name, mode_name(ns->mode));
	if (align)
		text_addf(&t, "%" PRIu64, align);
	text_addf(&t, ":%s:%" PRIu64 ":%s", map_name(ns->map), raw,
		  ns->fs.type == FS_NONE ? "" : fs_name(ns->fs.type));
	derive(seed, &t, uuid);
}

void derive_filesystem_uuid(const uuid_t seed, const char *name, uuid_t uuid)
{
	_cleanup_(text_release) struct text t = {0};

	text_addf(&t, "ramdax:filesystem:%s", name);
	derive(seed, &t, uuid);
}
