// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "carveout.h"
#include "compare.h"
#include "mem.h"
#include "plan-work.h"
#include "text.h"

#define LAYOUT_INSTEAD "change the layout to what is there"

/* Who bears the UUID that @ns would get, anywhere and not to be removed; or NULL. The kernel has
 * each only once. */
static const struct seen_namespace *namesake(const struct work *w,
					     const struct layout_namespace *ns)
{
	const struct bearer *b = NULL;

	while ((b = bearers_of_uuid(&w->bearers, ns->uuid, b)))
		if (b->region != w->region->seen || !w->gone[b->seen - b->region->namespaces])
			return b->seen;
	return NULL;
}

/* What could be a declared namespace. */
struct finding {
	const struct seen_namespace *found; /* in its region */
	const struct seen_namespace
		*damaged;                /* its label is; counts only where there is no other */
	const struct seen_region *other; /* where another one is */
	const struct layout_namespace *owner; /* whose uuid one bears that only has its name */
	size_t here, elsewhere;               /* how many */
};

/* @ns, unless another declares the UUID of @seen, which tells more than a name. */
static const struct layout_namespace *
owner_of(const struct work *w, const struct layout_namespace *ns, const struct seen_namespace *seen)
{
	const struct layout_namespace *owner =
		uuid_compare(ns->uuid, seen->uuid) ? layout_of_uuid(w->plan->layout, seen) : NULL;

	return owner ? owner : ns;
}

static struct finding search(const struct work *w, const struct layout_namespace *ns)
{
	struct finding f = {0};
	const struct bearer *b = NULL;

	while ((b = bearers_of(&w->bearers, ns, b))) {
		const struct layout_namespace *owner = owner_of(w, ns, b->seen);

		/* It has the UUID that it is to have, but is not it yet, or not any more. */
		if (namespace_is_scaffold(b->seen))
			continue;
		if (owner != ns)
			f.owner = owner;
		else if (b->region != w->region->seen) {
			f.other = b->region;
			f.elsewhere++;
		} else if (b->seen->fault) {
			f.damaged = b->seen;
		} else {
			f.found = f.found ? f.found : b->seen;
			f.here++;
		}
	}
	if (!f.found && f.damaged) {
		f.found = f.damaged;
		f.here = 1;
	}
	return f;
}

/* Looks for @p->ns everywhere; where it is not in its region, once, that may be a conflict. */
static void find(struct work *w, struct plan_namespace *p)
{
	const struct finding f = search(w, p->ns);
	const struct seen_namespace *taken;

	p->seen = f.found;
	if (f.here + f.elsewhere > 1)
		work_conflict(
			w, p,
			mem_printf("%zu namespaces bear its name or uuid", f.here + f.elsewhere),
			mem_strdup("\"ramdax status\" shows them: remove all but one with "
				   "ndctl(8), or give it another name and uuid in the layout"));
	else if (f.elsewhere)
		work_conflict(
			w, p, mem_printf("it is in \"%s\", which is not its region", f.other->name),
			mem_strdup(
				"declare it in the region that it is in, or if what it holds may "
				"be lost, remove it there with ndctl(8)"));
	else if (!f.here && f.owner)
		work_conflict(
			w, p,
			mem_printf("what bears its name is \"%s\", by its uuid", f.owner->name),
			mem_strdup("rename one of them in the layout, or give that one no uuid"));
	else if (!f.here && (taken = namesake(w, p->ns)))
		work_conflict(w, p,
			      mem_printf("it is not there, and \"%s\" bears its uuid",
					 *taken->name ? taken->name : taken->device),
			      mem_strdup("give it another uuid in the layout, or if what that one "
					 "holds may be lost, remove it with ndctl(8)"));
}

/* The file system of @p is to be made: @reason. */
static void finish(struct work *w, struct plan_namespace *p, const char *reason)
{
	if (w->unsafe || p->seen->user) {
		work_conflict(w, p,
			      mem_printf("%s and cannot be made now (%s)", reason,
					 w->unsafe ? w->unsafe : p->seen->user),
			      mem_strdup(w->unsafe ? w->remedy
						   : "end what uses it, then run \"ramdax apply\" "
						     "again"));
		return;
	}
	p->verdict = VERDICT_UNFINISHED;
	p->reason = mem_strdup(reason);
	work_step(w, STEP_FORMAT, p, p->reason);
}

/* Whether @p lacks its file system because it was scrubbed, whatever is to be done about that now:
 * the next plan must know it, too. */
static bool is_scrubbed(const struct work *w, const struct plan_namespace *p)
{
	return p->ns->fs.type != FS_NONE && p->seen->fs.state == SEEN_NONE &&
	       w->options->scrubbed && w->options->scrubbed(w->options->scrubbed_context, p->seen);
}

/* Whether root could not look at what is on @seen, whose device is up. */
static bool is_unseen(const struct work *w, const struct seen_namespace *seen)
{
	return w->plan->machine->live && w->plan->machine->has_iomem && seen->block &&
	       !seen->passed_over && seen->fs.state == SEEN_NOT_LOOKED;
}

static void judge_filesystem(struct work *w, struct plan_namespace *p)
{
	struct text differences = {0};

	if (p->ns->fs.type != FS_NONE && is_unseen(w, p->seen)) {
		work_conflict(w, p, mem_strdup("what is on it cannot be looked at"),
			      mem_printf("see, as root, that /dev/%s is there and can be opened",
					 p->seen->block));
		return;
	}
	switch (compare_filesystem(p->ns, p->seen, &differences)) {
	case FS_KEEP:
		break;
	case FS_UNFINISHED:
		finish(w, p, "its file system was left unfinished by an interrupted run");
		break;
	case FS_DIFFERS:
		if (p->scrubbed)
			finish(w, p, "its file system went when it was scrubbed");
		else
			work_differs(w, p, text_take(&differences), LAYOUT_INSTEAD);
		break;
	}
	text_release(&differences);
}

/* Its label can only be dropped with all of the region: plan_labels(). */
static void damaged(struct work *w, struct plan_namespace *p)
{
	work_conflict(w, p, mem_strdup(p->seen->fault),
		      w->unsafe ? mem_strdup(w->remedy)
				: mem_printf("\"ramdax apply --recreate=%s\" drops the damaged "
					     "labels of its region, and makes anew what differs "
					     "there, empty",
					     work_declared(w)->name));
}

/* Somebody has given the memory of @p to another driver than device_dax, the system's own perhaps:
 * what is in it is in use. */
static void taken(struct work *w, struct plan_namespace *p)
{
	work_conflict(
		w, p,
		mem_printf("driver \"%s\" has its memory, not device_dax", p->seen->dax_taker),
		mem_printf("\"daxctl reconfigure-device --mode=devdax %s\" makes it devdax "
			   "again",
			   p->seen->chardev));
}

/* What is there of a declared namespace. */
static void judge(struct work *w, struct plan_namespace *p, const struct place_request *wanted)
{
	struct text differences = {0};
	struct shape shape;

	p->where = (struct range){p->seen->start, p->seen->raw};
	p->scrubbed = is_scrubbed(w, p);
	if (p->seen->fault) {
		damaged(w, p);
		return;
	}
	if (range_overlaps(p->where, w->plan->machine->initrd) && !work_is_settled(w, p->seen)) {
		work_differs(w, p, mem_strdup("the boot loader put the initrd into it"),
			     "for the next boot give its region another address in the layout");
		return;
	}
	if (p->seen->dax_taker) {
		taken(w, p);
		return;
	}
	if (!p->seen->enabled || (p->seen->mode == MODE_DEVDAX && !p->seen->dax_ready)) {
		p->verdict = VERDICT_UNFINISHED;
		p->reason =
			mem_strdup(p->seen->enabled ? "it is there, but device_dax does not have it"
						    : "it is there, but not enabled");
		work_step(w, STEP_ENABLE, p, p->reason);
		return;
	}
	shape = (struct shape){p->seen->mode, p->seen->align, p->seen->map, p->seen->sector_size};
	capacity_parts(&shape, p->seen->start, p->seen->raw, &p->parts);
	p->parts.capacity = p->seen->capacity;
	compare_namespace(p->ns, p->seen, wanted, &differences);
	if (differences.len) {
		work_differs(w, p, text_take(&differences), LAYOUT_INSTEAD);
		return;
	}
	p->verdict = VERDICT_ADOPTED;
	if (!w->unsafe && !plan_outlives(w->plan, p->ns) && !work_is_settled(w, p->seen)) {
		work_dispose(w, p);
		return;
	}
	if (!w->options->no_format)
		judge_filesystem(w, p);
}

/* What the rest @p would get if it were made now, with what is absent before it or without. */
static uint64_t rest_now(struct work *w, const struct plan_namespace *p,
			 const struct place_request *rest, bool absent)
{
	_cleanup_(freep) struct range *ranges = NULL;
	_cleanup_(freep) struct place_request *requests = NULL;
	size_t n_ranges = work_free_ranges(w, p->seen, &ranges), n = 0;

	for (size_t i = 0; absent && i < work_declared(w)->n_namespaces; i++) {
		const struct plan_namespace *other = &w->region->namespaces[i];

		if (other->verdict == VERDICT_ABSENT && !other->seen)
			*MEM_APPEND(requests, n) = w->requests[i];
	}
	*MEM_APPEND(requests, n) = *rest;
	work_reduce_rest(w, p->seen, &requests[n - 1]);
	place(ranges, n_ranges, requests, n);
	return requests[n - 1].placed ? requests[n - 1].where.size : 0;
}

/* One that lies between is as declared: what is absent now was beside it, or was not. */
static struct place_request rest_wanted(struct work *w, const struct plan_namespace *p,
					const struct place_request *rest)
{
	uint64_t most = rest_now(w, p, rest, false), least = rest_now(w, p, rest, true);
	struct place_request wanted = *rest;

	wanted.where.size = p->seen->raw;
	if (wanted.where.size < least)
		wanted.where.size = least;
	if (wanted.where.size > most)
		wanted.where.size = most;
	return wanted;
}

/* Those that are there: found and judged. Left to be placed: the others. The rest is what is left
 * by all, so it is asked for before anything of it goes. */
static void judge_present(struct work *w)
{
	struct place_request rest = {0};

	for (size_t i = 0; i < work_declared(w)->n_namespaces; i++) {
		struct plan_namespace *p = &w->region->namespaces[i];

		p->verdict = VERDICT_ABSENT;
		find(w, p);
	}
	for (size_t i = 0; i < work_declared(w)->n_namespaces; i++)
		if (w->requests[i].kind == PLACE_REST && w->region->namespaces[i].seen)
			rest = rest_wanted(w, &w->region->namespaces[i], &w->requests[i]);
	for (size_t i = 0; i < work_declared(w)->n_namespaces; i++) {
		struct plan_namespace *p = &w->region->namespaces[i];

		if (p->verdict != VERDICT_CONFLICT && p->seen)
			judge(w, p, w->requests[i].kind == PLACE_REST ? &rest : &w->requests[i]);
	}
}

/* In a carveout that is not proven safe nothing is created, whoever bound it. */
static void block_absent(struct work *w)
{
	bool any = false;

	for (size_t i = 0; i < work_declared(w)->n_namespaces; i++) {
		struct plan_namespace *p = &w->region->namespaces[i];

		if (p->verdict != VERDICT_ABSENT)
			continue;
		p->verdict = VERDICT_BLOCKED;
		p->reason = mem_strdup(w->unsafe);
		any = true;
	}
	if (!any)
		return;
	plan_problem(w->plan, w->unsafe_status, work_declared(w)->line, work_declared(w)->required,
		     "region \"%s\": nothing is made in its carveout at 0x%llx: %s",
		     work_declared(w)->name, (unsigned long long)w->start, w->unsafe);
	plan_next(w->plan, "%s", w->remedy);
}

static void block_all(struct plan_region *r)
{
	for (size_t i = 0; i < r->region->n_namespaces; i++)
		r->namespaces[i].reason =
			mem_printf("its region is %s", region_state_name(r->state));
}

/* What the kernel shows as free may have a label that it passes over, which only the label area
 * shows. (Where it shows nothing at all: plan_labels().) */
static bool hides_labels(const struct work *w)
{
	const struct seen_region *seen = w->region->seen;

	return w->plan->machine->live && seen && seen->labels == LABELS_UNKNOWN &&
	       seen->n_namespaces && !plan_may_reset(w->plan, w->region, w->options);
}

static void find_unsafe(struct work *w)
{
	const struct seen_carveout *c = w->region->carveout;

	w->unsafe = carveout_refusal(w->plan->machine, c);
	w->unsafe_status = w->unsafe ? STATUS_MACHINE : STATUS_CONFLICT;
	if (w->unsafe) {
		w->remedy = mem_strdup(carveout_remedy(w->plan->machine, c));
	} else if (w->plan->machine->unread) {
		w->unsafe = mem_strdup("not all of the machine can be read");
		w->unsafe_status = STATUS_FAILED;
		w->remedy = mem_strdup("run the same \"ramdax apply\" again later");
	} else if (hides_labels(w)) {
		w->unsafe = mem_strdup("its label area cannot be read, so that nothing proves what "
				       "is free");
		w->remedy = mem_printf("see, as root, that /dev/%s is there and can be opened",
				       w->region->seen->dimm ? w->region->seen->dimm : "nmem*");
	}
}

void plan_namespaces(struct plan *plan, struct plan_region *region,
		     const struct plan_options *options)
{
	struct work w = {
		.plan = plan,
		.region = region,
		.options = options,
		.conditional = region->state == REGION_UNBOUND || region->unproven,
	};

	if (region->state != REGION_UNBOUND && region->state != REGION_READY) {
		block_all(region);
		return;
	}
	w.start = region->carveout->range.start;
	w.capacity = region->seen ? region->seen->usable : carveout_usable(region->carveout);
	w.requests = requests_of(region->region, align_down(w.capacity, PLACE_ALIGN));
	find_unsafe(&w);
	w.gone = mem_calloc(region->seen ? region->seen->n_namespaces : 0, sizeof(*w.gone));
	bearers_find(plan->machine, &w.bearers);
	if (!region->region->foreign) {
		/* Of a region that has yet to be looked at there is at most the scaffold for it. */
		if (region->unproven)
			memset(w.gone, true, region->seen->n_namespaces * sizeof(*w.gone));
		else if (!w.unsafe)
			work_remove_others(&w);
		judge_present(&w);
		if (w.unsafe)
			block_absent(&w);
		else
			work_place_absent(&w);
	}
	bearers_release(&w.bearers);
	free(w.requests);
	free(w.unsafe);
	free(w.remedy);
	free(w.gone);
}
