// SPDX-License-Identifier: GPL-2.0-or-later
#include "command.h"

#include <string.h>

#include "mounts.h"
#include "observe.h"

static const struct option_spec options[] = {
	{"check", 0, NULL, "say what is not mounted as declared, status 5 if anything",
	 offsetof(struct invocation, check)},
	{0},
};

static const struct seen_namespace *find_seen(const struct machine *m, const char *name)
{
	for (size_t i = 0; i < m->n_regions; i++)
		for (size_t k = 0; k < m->regions[i].n_namespaces; k++)
			if (!strcmp(m->regions[i].namespaces[k].name, name))
				return &m->regions[i].namespaces[k];
	return NULL;
}

/* How the mount is not as declared, or NULL. */
static const char *difference(const struct layout_namespace *ns, const struct seen_namespace *seen)
{
	if (!seen)
		return "its namespace is not there";
	if (!seen->mount_point)
		return mounts_has(ns, "noauto") ? NULL : "not mounted";
	if (strcmp(seen->mount_point, ns->fs.mount_point) != 0)
		return "its file system is mounted elsewhere";
	if (mounts_wants_dax(ns) && !seen->dax)
		return "mounted, but DAX is not active";
	return NULL;
}

static enum status check(const struct layout_namespace *ns, const struct machine *machine)
{
	const char *what = difference(ns, find_seen(machine, ns->name));

	if (what)
		diag_warning("namespace \"%s\", mount point \"%s\": %s", ns->name,
			     ns->fs.mount_point, what);
	else
		diag_debug("namespace \"%s\", mount point \"%s\": as declared", ns->name,
			   ns->fs.mount_point);
	return what ? STATUS_CONFLICT : STATUS_OK;
}

static enum status run(const struct invocation *in)
{
	_cleanup_(text_release) struct text out = {0};
	struct machine *machine = NULL;
	struct layout *layout = NULL;
	struct sysfs fs;
	enum status status = command_open_root(in, &fs);

	if (status != STATUS_OK)
		return status;
	status = command_load_layout(in, &fs, &layout);
	if (status == STATUS_OK && in->check)
		machine = observe(&fs);
	for (size_t i = 0; layout && i < layout->n_regions; i++) {
		for (size_t k = 0; k < layout->regions[i].n_namespaces; k++) {
			const struct layout_namespace *ns = &layout->regions[i].namespaces[k];

			if (!mounts_any(ns))
				continue;
			if (in->check)
				status = status_worse(status, check(ns, machine));
			else
				mounts_add_fstab(ns, &out);
		}
	}
	if (status == STATUS_OK && out.len)
		status = command_print(&out);
	machine_free(machine);
	layout_free(layout);
	sysfs_close(&fs);
	return status;
}

const struct command command_fstab = {
	.name = "fstab",
	.summary = "print lines for fstab, or check what is mounted",
	.options = options,
	.text_only = true,
	.run = run,
};
