// SPDX-License-Identifier: GPL-2.0-or-later
/* What must be true of a region and of its namespaces together. */
#include <inttypes.h>
#include <string.h>

#include "capacity.h"
#include "layout-parse.h"
#include "mem.h"

static const struct toml *size_value(const struct namespace_draft *d)
{
	return d->from.at[d->ns.size.kind == SIZE_RAW ? NS_RAW_SIZE : NS_SIZE];
}

static void check_foreign(struct fault_list *faults, const struct region_draft *rd)
{
	const struct toml *v = rd->from.at[REGION_FOREIGN];

	if (!rd->region.foreign)
		return;
	if (!rd->region.has_address && is_clear(&rd->from, REGION_ADDRESS))
		FAULT_KEY(faults, v, "a foreign region needs its \"address\"");
	if (rd->n_drafts)
		FAULT_VALUE(faults, rd->drafts[0]->from.table,
			    "a foreign region takes no namespaces");
}

/* What is only there once cannot be on each node. */
static void check_each(struct fault_list *faults, const struct region_draft *rd)
{
	const struct toml *address = rd->from.at[REGION_ADDRESS];

	if (rd->region.node != NODE_EACH)
		return;
	if (address)
		FAULT_KEY(faults, address, "\"address\" and node \"each\" exclude each other");
	for (size_t i = 0; i < rd->n_drafts; i++) {
		const struct toml *uuid = rd->drafts[i]->from.at[NS_UUID];
		const struct toml *fs_uuid = rd->drafts[i]->fs_from.at[FS_UUID];

		if (uuid)
			FAULT_KEY(faults, uuid, "\"uuid\" and node \"each\" exclude each other");
		if (fs_uuid)
			FAULT_KEY(faults, fs_uuid,
				  "a file system's \"uuid\" and node \"each\" exclude each other");
	}
}

static void check_empty(struct fault_list *faults, const struct region_draft *rd)
{
	if (!rd->region.foreign && !rd->n_drafts && rd->region.size.kind == SIZE_SUM &&
	    is_clear(&rd->from, REGION_SIZE) && is_clear(&rd->from, REGION_NAMESPACE) &&
	    is_clear(&rd->from, REGION_FOREIGN))
		FAULT_VALUE(faults, rd->from.table, "%s has neither \"size\" nor namespaces",
			    region_table.title);
}

static void check_number(struct fault_list *faults, const struct region_draft *rd)
{
	unsigned n = 0;

	for (size_t i = 0; i < rd->n_drafts; i++) {
		const struct namespace_draft *d = rd->drafts[i];

		n += draft_copies(d);
		if (n > REGION_NAMESPACES_MAX) {
			FAULT_VALUE(
				faults, d->from.table,
				"more than %d namespaces in a region: its label area holds no more",
				REGION_NAMESPACES_MAX);
			return;
		}
	}
}

static uint64_t share_units(const struct namespace_draft *d)
{
	return percent_units(d->ns.size.percent) * draft_copies(d);
}

/* False if the shares are more than there is, which is a fault. */
static bool check_shares(struct fault_list *faults, const struct layout_files *files,
			 const struct region_draft *rd)
{
	const uint64_t all = 100 * PERCENT_ONE;
	const struct namespace_draft *rest = NULL;
	uint64_t units = 0;

	for (size_t i = 0; i < rd->n_drafts; i++) {
		const struct namespace_draft *d = rd->drafts[i];
		const struct toml *v = d->from.at[NS_SIZE];

		if (!v || (d->ns.size.kind != SIZE_PERCENT && d->ns.size.kind != SIZE_REST))
			continue;
		if (!rd->from.at[REGION_SIZE] && is_clear(&rd->from, REGION_SIZE))
			FAULT_VALUE(faults, v, "a share needs the \"size\" of its region");
		if (d->ns.size.kind == SIZE_PERCENT) {
			if (units <= all && units + share_units(d) > all)
				FAULT_VALUE(faults, v, "the shares of this region exceed 100%%");
			units += share_units(d);
		} else if (rest) {
			_cleanup_(freep) char *line = line_shown(files, rest->ns.line);

			FAULT_VALUE(faults, v, "the namespace in %s already takes the rest", line);
		} else {
			rest = d;
		}
	}
	return units <= all;
}

uint64_t draft_taken(const struct namespace_draft *d, uint64_t size)
{
	if (!size_value(d) || !is_clear(&d->from, NS_SIZE) || !is_clear(&d->from, NS_RAW_SIZE))
		return 0;
	switch (d->ns.size.kind) {
	case SIZE_BYTES:
		return is_shaped(d) ? draft_least_raw(&d->ns) : 0;
	case SIZE_RAW:
		return d->ns.size.bytes;
	case SIZE_PERCENT:
		return align_down(layout_share(size, d->ns.size.percent), PLACE_ALIGN);
	case SIZE_REST:
	case SIZE_SUM:
		break;
	}
	return 0;
}

/* The namespaces against a declared size, which is in bytes. */
static void check_sum(struct fault_list *faults, const struct region_draft *rd, bool shares_fit)
{
	const struct namespace_draft *rest = NULL;
	uint64_t size = rd->region.size.bytes, sum = 0;
	bool clear = true;

	for (size_t i = 0; i < rd->n_drafts; i++) {
		const struct namespace_draft *d = rd->drafts[i];

		sum += draft_taken(d, size) * draft_copies(d);
		clear &= size_value(d) && is_shaped(d);
		if (size_value(d) && d->ns.size.kind == SIZE_PERCENT)
			check_raw(faults, size_value(d), d, draft_taken(d, size));
		if (size_value(d) && d->ns.size.kind == SIZE_REST)
			rest = d;
	}
	if (!shares_fit)
		return;
	if (sum > size)
		FAULT_VALUE(faults, rd->from.at[REGION_SIZE],
			    "the namespaces take at least %s, more than the %s of the region",
			    SIZE_EXACT(sum), SIZE_EXACT(size));
	else if (rest && clear)
		check_raw(faults, size_value(rest), rest, align_down(size - sum, PLACE_ALIGN));
}

void check_region(struct fault_list *faults, const struct layout_files *files,
		  const struct region_draft *rd)
{
	const struct toml *name = rd->from.at[REGION_NAME];
	const char *fault = name ? name_fault(rd->region.name) : NULL;
	bool shares_fit;

	if (fault) {
		_cleanup_(freep) char *shown =
			toml_quoted(rd->region.name, strlen(rd->region.name));

		FAULT_VALUE(faults, name, "name %s %s", shown, fault);
	}
	check_foreign(faults, rd);
	check_each(faults, rd);
	check_empty(faults, rd);
	check_number(faults, rd);
	shares_fit = check_shares(faults, files, rd);
	if (rd->from.at[REGION_SIZE] && rd->region.size.kind == SIZE_BYTES)
		check_sum(faults, rd, shares_fit);
}
