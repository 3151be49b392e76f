// SPDX-License-Identifier: GPL-2.0-or-later
/* Regions without labels: empty, or only without them. */
#include <string.h>

#include "carveout.h"
#include "mem.h"
#include "plan-parts.h"

bool plan_outlives(const struct plan *plan, const struct layout_namespace *ns)
{
	switch (ns->survives) {
	case SURVIVES_RESET:
		return true;
	case SURVIVES_KEXEC:
		return plan->machine->boot_kind == BOOT_KEXEC;
	case SURVIVES_NONE:
		return false;
	}
	return true;
}

bool plan_means_region(const struct plan *plan, const struct plan_options *options,
		       const struct layout_region *region)
{
	const struct layout *layout = plan->layout;
	const char *name = options->recreate_name;

	for (size_t r = 0; name && r < layout->n_regions; r++)
		for (size_t i = 0; i < layout->regions[r].n_namespaces; i++)
			if (!strcmp(name, layout->regions[r].namespaces[i].name))
				return false;
	return options->recreate && (!name || !strcmp(name, region->name));
}

/* Whether all that labels of @r name is its own: those that are damaged, lost, or of no use while
 * it is not up. What nobody has declared, or another region, is not disposable with it. */
static bool names_only_own(const struct plan_region *r)
{
	for (size_t i = 0; i < r->seen->n_traces; i++)
		if (!region_declares(r->region, &r->seen->traces[i]))
			return false;
	for (size_t i = 0; i < r->seen->n_namespaces; i++) {
		const struct seen_namespace *seen = &r->seen->namespaces[i];

		if (seen->fault && !namespace_is_scaffold(seen) &&
		    !region_declares(r->region, seen))
			return false;
	}
	return true;
}

bool plan_may_reset(const struct plan *plan, const struct plan_region *r,
		    const struct plan_options *options)
{
	_cleanup_(freep) char *why = carveout_refusal(plan->machine, r->carveout);
	bool all = r->region->n_namespaces > 0;

	for (size_t i = 0; i < r->region->n_namespaces; i++)
		all &= r->region->namespaces[i].on_conflict == CONFLICT_RECREATE;
	all &= names_only_own(r);
	return (all || plan_means_region(plan, options, r->region)) && !why &&
	       !plan->machine->unread;
}

struct step *plan_region_step(struct plan *plan, const struct plan_region *r, enum step_kind kind,
			      const char *reason)
{
	struct step *step = plan_step(plan, kind, "%s", reason);

	step->region = r->region;
	step->device = &plan->machine->devices[r->carveout->device];
	step->seen_region = r->seen;
	step->planned = r;
	return step;
}

/* The scaffold of a look that did not come to its end. */
static const struct seen_namespace *look_scaffold(const struct seen_region *seen)
{
	for (size_t i = 0; i < seen->n_namespaces; i++)
		if (!strcmp(seen->namespaces[i].name, LOOK_SCAFFOLD))
			return &seen->namespaces[i];
	return NULL;
}

static bool none_outlives(const struct plan *plan, const struct layout_region *region)
{
	for (size_t i = 0; i < region->n_namespaces; i++)
		if (plan_outlives(plan, &region->namespaces[i]))
			return false;
	return true;
}

/* Whether a run of this boot has had @r up already, or has made something declared in it: then what
 * is in it was made or kept since. */
static bool is_of_boot(const struct plan_region *r, const struct plan_options *options)
{
	struct seen_namespace any = {
		.name = (char *)"",
		.start = r->seen->range.start,
		.raw = r->seen->range.size,
	};
	bool settled = options->settled && options->settled(options->settled_context, &any);

	for (size_t i = 0; options->settled && !settled && i < r->region->n_namespaces; i++) {
		any.name = r->region->namespaces[i].name;
		any.has_uuid = true;
		uuid_copy(any.uuid, r->region->namespaces[i].uuid);
		settled = options->settled(options->settled_context, &any);
	}
	return settled;
}

/* Whether nothing that may be in @r, which has no labels, is to be kept. */
static bool is_disposable(const struct plan *plan, const struct plan_region *r,
			  const struct plan_options *options)
{
	return plan_may_reset(plan, r, options) ||
	       (none_outlives(plan, r->region) && names_only_own(r) && !is_of_boot(r, options));
}

static void lost(struct plan *plan, struct plan_region *r, const char *why, bool used)
{
	r->state = REGION_LOST;
	r->reason = mem_strdup(why);
	plan_problem(plan, STATUS_CONFLICT, r->region->line, r->region->required,
		     "region \"%s\" was kept as it is: %s (--repair-labels, --recreate=%s)",
		     r->region->name, why, r->region->name);
	if (used)
		plan_next(plan, "end what uses it, then run \"ramdax apply\" again");
	else
		plan_next(
			plan,
			"\"ramdax apply --repair-labels\" makes labels around what is there, \"ramdax "
			"apply --recreate=%s\" makes all of it anew, empty",
			r->region->name);
}

static const struct seen_namespace *any_damaged(const struct seen_region *seen)
{
	for (size_t i = 0; i < seen->n_namespaces; i++)
		if (seen->namespaces[i].fault)
			return &seen->namespaces[i];
	return NULL;
}

static const struct seen_namespace *any_used(const struct seen_region *seen)
{
	for (size_t i = 0; i < seen->n_namespaces; i++)
		if (seen->namespaces[i].user)
			return &seen->namespaces[i];
	return NULL;
}

/* The kernel reads labels only while nothing of the region is up, so that all of it is concerned:
 * what is there is enabled again by what follows. */
static void drop_damaged(struct plan *plan, struct plan_region *r)
{
	const struct seen_namespace *used = any_used(r->seen);

	if (!used) {
		r->state = REGION_LOST;
		r->reason = mem_strdup("some of its labels are damaged");
		plan_region_step(plan, r, STEP_DROP, r->reason);
		return;
	}
	plan_problem(plan, STATUS_CONFLICT, r->region->line, r->region->required,
		     "region \"%s\": its damaged labels stay, \"%s\" is in use (%s)",
		     r->region->name, *used->name ? used->name : used->device, used->user);
	plan_next(plan, "end what uses it, then run the same \"ramdax apply\" again");
}

/* Labels of version 1.1 are somebody's, whom the kernel understands, or damage that it takes for
 * such: either way there is more in the region than what it shows. */
static void plan_old_labels(struct plan *plan, struct plan_region *r,
			    const struct plan_options *options)
{
	static const char why[] = "its label area is of version 1.1, which ramdax does not write";

	r->state = REGION_LOST;
	r->reason = mem_strdup(why);
	if (plan_may_reset(plan, r, options)) {
		plan_region_step(plan, r, STEP_RESET, why);
		return;
	}
	plan_problem(plan, STATUS_CONFLICT, r->region->line, r->region->required,
		     "region \"%s\" was kept as it is: %s (--recreate=%s)", r->region->name, why,
		     r->region->name);
	plan_next(plan, "\"ramdax apply --recreate=%s\" makes it anew, empty", r->region->name);
}

/* What the kernel shows nothing of may be empty, or have lost its labels: nothing tells which. */
static void plan_unreadable(struct plan *plan, struct plan_region *r)
{
	static const char why[] = "its label area cannot be read, so that nothing proves it empty";
	const char *dimm = r->seen->dimm ? r->seen->dimm : "nmem*";

	r->state = REGION_LOST;
	r->reason = mem_strdup(why);
	plan_problem(plan, STATUS_CONFLICT, r->region->line, r->region->required,
		     "region \"%s\" was kept as it is: %s (--recreate=%s)", r->region->name, why,
		     r->region->name);
	plan_next(plan,
		  "see, as root, that /dev/%s is there and can be opened; \"ramdax apply "
		  "--recreate=%s\" makes all of it anew, empty",
		  dimm, r->region->name);
}

void plan_labels(struct plan *plan, struct plan_region *r, const struct plan_options *options)
{
	_cleanup_(freep) char *unsafe = carveout_refusal(plan->machine, r->carveout);
	const struct seen_namespace *look = look_scaffold(r->seen);
	bool is_lost = r->seen->labels == LABELS_LOST;
	bool kexec = plan->machine->boot_kind == BOOT_KEXEC;

	if (unsafe || plan->machine->unread || !r->region->n_namespaces)
		return;
	if (any_damaged(r->seen) && plan_may_reset(plan, r, options)) {
		drop_damaged(plan, r);
		return;
	}
	if (r->seen->labels == LABELS_OLD) {
		plan_old_labels(plan, r, options);
		return;
	}
	if (r->seen->labels == LABELS_UNKNOWN && plan->machine->live && !r->seen->n_namespaces &&
	    !is_disposable(plan, r, options)) {
		plan_unreadable(plan, r);
		return;
	}
	if (!look && !is_lost && r->seen->labels != LABELS_NONE)
		return;
	if (look && look->user) {
		lost(plan, r, "somebody uses the scaffold through which it is looked at", true);
	} else if (is_disposable(plan, r, options)) {
		if (!is_lost)
			return;
		r->state = REGION_LOST;
		r->reason = mem_strdup("its labels are lost, and what it holds is disposable");
		plan_region_step(plan, r, STEP_RESET, r->reason);
	} else if (!is_lost && (look || !kexec)) {
		r->unproven = true;
		plan_region_step(plan, r, STEP_LOOK, "it has no labels: is there anything in it?")
			->marked = kexec;
	} else if (options->repair_labels) {
		r->unproven = true;
		plan_region_step(plan, r, STEP_REPAIR, "its labels are lost");
	} else {
		lost(plan, r,
		     is_lost ? "its labels are lost, but there are namespaces in it"
			     : "it has no labels, and kexec keeps what memory holds",
		     false);
	}
}
