// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "carveout.h"
#include "compare.h"
#include "derive.h"
#include "mem.h"
#include "plan-parts.h"
#include "text.h"

/* One region while its namespaces are being planned. */
struct work {
	struct plan *plan;
	struct plan_region *region;
	const struct plan_options *options;
	struct place_request *requests; /* one per declared namespace */
	uint64_t capacity;              /* of the carveout, for namespaces */
	uint64_t start;                 /* physical */
	bool conditional;               /* nothing of it is visible yet */
	char *unsafe;                   /* why nothing may be written there; NULL if it may */
};

static const struct layout_region *declared(const struct work *w)
{
	return w->region->region;
}

static void conflict(struct work *w, struct plan_namespace *p, char *reason)
{
	p->verdict = VERDICT_CONFLICT;
	p->reason = reason;
	plan_problem(w->plan, STATUS_CONFLICT, p->ns->line, p->ns->required,
		     "namespace \"%s\" was kept as it is: %s", p->ns->name, reason);
}

static struct step *namespace_step(struct work *w, enum step_kind kind,
				   const struct plan_namespace *p, const char *reason)
{
	struct step *step = plan_step(w->plan, kind, "%s", reason);

	step->conditional = w->conditional;
	step->region = declared(w);
	step->ns = p->ns;
	step->device = &w->plan->machine->devices[w->region->carveout->device];
	step->seen_region = w->region->seen;
	step->seen = p->seen;
	return step;
}

/* Scaffolds are nobody's data: their space is free again. One that somebody uses stays. */
static void clear_scaffolds(struct work *w)
{
	const struct seen_region *seen = w->region->seen;

	for (size_t i = 0; seen && i < seen->n_namespaces; i++) {
		const struct seen_namespace *ns = &seen->namespaces[i];
		struct step *step;

		if (!namespace_is_scaffold(ns))
			continue;
		if (ns->user) {
			plan_problem(
				w->plan, STATUS_CONFLICT, declared(w)->line, false,
				"region \"%s\": the unfinished namespace \"%s\" is in use (%s)",
				declared(w)->name, ns->name, ns->user);
			continue;
		}
		step = plan_step(w->plan, STEP_CLEAR, "left unfinished by an interrupted run");
		step->region = declared(w);
		step->device = &w->plan->machine->devices[w->region->carveout->device];
		step->seen_region = seen;
		step->seen = ns;
	}
}

static bool is_cleared(const struct seen_namespace *seen)
{
	return namespace_is_scaffold(seen) && !seen->user;
}

/* The namespace in @seen that is @ns; *@n_found counts how many could be it. */
static const struct seen_namespace *find_in(const struct seen_region *seen,
					    const struct layout_namespace *ns, size_t *n_found)
{
	const struct seen_namespace *found = NULL;

	for (size_t i = 0; seen && i < seen->n_namespaces; i++) {
		if (!namespace_is(ns, &seen->namespaces[i]))
			continue;
		found = found ? found : &seen->namespaces[i];
		(*n_found)++;
	}
	return found;
}

/* Looks for @p->ns everywhere. True if it is in this region, once. */
static bool find(struct work *w, struct plan_namespace *p)
{
	const struct machine *m = w->plan->machine;
	size_t here = 0, elsewhere = 0;
	const struct seen_region *other = NULL;

	p->seen = find_in(w->region->seen, p->ns, &here);
	for (size_t i = 0; i < m->n_regions; i++) {
		size_t before = elsewhere;

		if (&m->regions[i] == w->region->seen)
			continue;
		find_in(&m->regions[i], p->ns, &elsewhere);
		if (elsewhere > before)
			other = &m->regions[i];
	}
	if (here + elsewhere > 1)
		conflict(w, p,
			 mem_printf("%zu namespaces bear its name or uuid", here + elsewhere));
	else if (elsewhere)
		conflict(w, p, mem_printf("it is in \"%s\", which is not its region", other->name));
	return here == 1 && !elsewhere;
}

static void judge_filesystem(struct work *w, struct plan_namespace *p)
{
	struct text differences = {0};

	switch (compare_filesystem(p->ns, p->seen, &differences)) {
	case FS_KEEP:
		break;
	case FS_UNFINISHED:
		if (w->unsafe || p->seen->user) {
			text_addf(&differences, "its %s was never finished and cannot be now (%s)",
				  p->seen->fs.type, w->unsafe ? w->unsafe : p->seen->user);
			conflict(w, p, text_take(&differences));
			break;
		}
		p->verdict = VERDICT_UNFINISHED;
		p->reason = mem_strdup("its file system was left unfinished by an interrupted run");
		namespace_step(w, STEP_FORMAT, p, p->reason);
		break;
	case FS_DIFFERS:
		conflict(w, p, text_take(&differences));
		break;
	}
	text_release(&differences);
}

/* What is there of a declared namespace. */
static void judge(struct work *w, struct plan_namespace *p, const struct place_request *wanted)
{
	struct text differences = {0};
	struct shape shape;

	p->where = (struct range){p->seen->start, p->seen->raw};
	if (!p->seen->enabled) {
		p->verdict = VERDICT_UNFINISHED;
		p->reason = mem_strdup("it is there, but not enabled");
		namespace_step(w, STEP_ENABLE, p, p->reason);
		return;
	}
	shape = (struct shape){p->seen->mode, p->seen->align, p->seen->map, p->seen->sector_size};
	capacity_parts(&shape, p->seen->start, p->seen->raw, &p->parts);
	p->parts.capacity = p->seen->capacity;
	compare_namespace(p->ns, p->seen, wanted, &differences);
	if (differences.len) {
		conflict(w, p, text_take(&differences));
		return;
	}
	p->verdict = VERDICT_ADOPTED;
	if (!w->options->no_format)
		judge_filesystem(w, p);
}

/* The free ranges when the namespaces of @but (NULL: none) are not counted. */
static size_t free_ranges(const struct work *w, const struct seen_namespace *but,
			  struct range **ranges)
{
	const struct seen_region *seen = w->region->seen;
	struct range *used = NULL;
	size_t n = 0, n_free;

	for (size_t i = 0; seen && i < seen->n_namespaces; i++)
		if (!is_cleared(&seen->namespaces[i]) && &seen->namespaces[i] != but)
			*MEM_APPEND(used, n) =
				(struct range){seen->namespaces[i].start, seen->namespaces[i].raw};
	n_free = place_free((struct range){w->start, w->capacity}, used, n, ranges);
	free(used);
	return n_free;
}

/* The budget of the one that takes the rest, less what is there of the others. */
static void reduce_rest(const struct work *w, struct place_request *rest)
{
	for (size_t i = 0; i < declared(w)->n_namespaces; i++) {
		const struct plan_namespace *p = &w->region->namespaces[i];

		if (p->seen && &w->requests[i] != rest)
			rest->bytes -= p->seen->raw < rest->bytes ? p->seen->raw : rest->bytes;
	}
}

/* Those that are there: found and judged. Left to be placed: the others. */
static void judge_present(struct work *w)
{
	for (size_t i = 0; i < declared(w)->n_namespaces; i++) {
		struct plan_namespace *p = &w->region->namespaces[i];

		p->verdict = VERDICT_ABSENT;
		find(w, p);
	}
	for (size_t i = 0; i < declared(w)->n_namespaces; i++) {
		struct plan_namespace *p = &w->region->namespaces[i];
		struct place_request wanted = w->requests[i];

		if (p->verdict == VERDICT_CONFLICT || !p->seen)
			continue;
		if (wanted.kind == PLACE_REST) {
			_cleanup_(freep) struct range *ranges = NULL;
			size_t n = free_ranges(w, p->seen, &ranges);

			reduce_rest(w, &wanted);
			place(ranges, n, &wanted, 1);
		}
		judge(w, p, &wanted);
	}
}

static void create_step(struct work *w, struct plan_namespace *p)
{
	struct step *step = namespace_step(w, STEP_CREATE, p, "absent");

	step->where = p->where;
	step->parts = p->parts;
	step->format = p->ns->fs.type != FS_NONE && !w->options->no_format;
	derive_info_uuid(w->plan->layout->seed, p->ns, p->where.size, step->info_uuid);
}

static void no_room(struct work *w, struct plan_namespace *p, const struct place_request *r,
		    const struct range *free_range, size_t n_free, enum status status)
{
	uint64_t largest = 0, all = 0;
	struct text text = {0};

	for (size_t i = 0; i < n_free; i++) {
		largest = free_range[i].size > largest ? free_range[i].size : largest;
		all += free_range[i].size;
	}
	if (r->kind == PLACE_REST)
		text_add(&text, "the rest is wanted");
	else
		text_addf(&text, "%s%s wanted", SIZE_HUMAN(r->bytes),
			  r->kind == PLACE_CAPACITY && p->ns->mode != MODE_RAW ? " and overhead"
									       : "");
	text_addf(&text, ", %s free in region \"%s\"", SIZE_HUMAN(all), declared(w)->name);
	if (largest < all)
		text_addf(&text, " (%s in one piece)", SIZE_HUMAN(largest));
	p->verdict = VERDICT_NO_ROOM;
	p->reason = text_take(&text);
	plan_problem(w->plan, status, p->ns->line, p->ns->required,
		     "no room for namespace \"%s\": %s", p->ns->name, p->reason);
}

/* Whether everything declared would fit if nothing else were there. */
static bool fits_alone(const struct work *w)
{
	struct range whole = {w->start, w->capacity};
	struct place_request *requests = requests_of(declared(w), w->capacity);
	bool fits =
		place(&whole, 1, requests, declared(w)->n_namespaces) == declared(w)->n_namespaces;

	free(requests);
	return fits;
}

/* Label slots: what the kernel still gives, and what clearing scaffolds gives back. */
static size_t slots_free(const struct work *w)
{
	const struct seen_region *seen = w->region->seen;
	size_t n;

	if (!seen)
		return REGION_NAMESPACES_MAX;
	n = seen->slots_free;
	for (size_t i = 0; i < seen->n_namespaces; i++)
		n += is_cleared(&seen->namespaces[i]);
	return n;
}

static int by_start(const void *a, const void *b)
{
	const struct plan_namespace *const *x = a, *const *y = b;

	return (*x)->where.start < (*y)->where.start ? -1 : (*x)->where.start > (*y)->where.start;
}

/* Creates in the order of addresses: that is how the kernel, which takes the first space that
 * fits, comes to the places chosen here. */
static void create_in_order(struct work *w, struct plan_namespace **placed, size_t n)
{
	size_t slots = slots_free(w);

	if (n)
		qsort(placed, n, sizeof(struct plan_namespace *), by_start);
	for (size_t i = 0; i < n; i++) {
		struct plan_namespace *p = placed[i];

		if (i < slots) {
			create_step(w, p);
			continue;
		}
		p->verdict = VERDICT_NO_ROOM;
		p->reason = mem_strdup("no label slot is free");
		plan_problem(w->plan, STATUS_CONFLICT, p->ns->line, p->ns->required,
			     "no room for namespace \"%s\": %s in region \"%s\"", p->ns->name,
			     p->reason, declared(w)->name);
	}
}

static void place_absent(struct work *w)
{
	_cleanup_(freep) struct range *ranges = NULL;
	_cleanup_(freep) struct place_request *requests = NULL;
	_cleanup_(freep) struct plan_namespace **absent = NULL, **placed = NULL;
	size_t n_free = free_ranges(w, NULL, &ranges), n = 0, n_requests = 0, n_placed = 0;
	enum status status = STATUS_MACHINE;

	for (size_t i = 0; i < declared(w)->n_namespaces; i++) {
		if (w->region->namespaces[i].verdict != VERDICT_ABSENT)
			continue;
		*MEM_APPEND(absent, n) = &w->region->namespaces[i];
		*MEM_APPEND(requests, n_requests) = w->requests[i];
		if (w->requests[i].kind == PLACE_REST)
			reduce_rest(w, &requests[n_requests - 1]);
	}
	/* What is kept may be what stands in the way. */
	if (place(ranges, n_free, requests, n) < n && fits_alone(w))
		status = STATUS_CONFLICT;
	for (size_t i = 0; i < n; i++) {
		if (!requests[i].placed) {
			no_room(w, absent[i], &requests[i], ranges, n_free, status);
			continue;
		}
		absent[i]->where = requests[i].where;
		absent[i]->parts = requests[i].parts;
		*MEM_APPEND(placed, n_placed) = absent[i];
	}
	create_in_order(w, placed, n_placed);
}

/* In a carveout that is not proven safe nothing is created, whoever bound it. */
static void block_absent(struct work *w)
{
	bool any = false;

	for (size_t i = 0; i < declared(w)->n_namespaces; i++) {
		struct plan_namespace *p = &w->region->namespaces[i];

		if (p->verdict != VERDICT_ABSENT)
			continue;
		p->verdict = VERDICT_BLOCKED;
		p->reason = mem_strdup(w->unsafe);
		any = true;
	}
	if (any)
		plan_problem(w->plan, STATUS_MACHINE, declared(w)->line, declared(w)->required,
			     "region \"%s\": nothing is made in its carveout at 0x%llx: %s",
			     declared(w)->name, (unsigned long long)w->start, w->unsafe);
}

static void block_all(struct plan_region *r)
{
	for (size_t i = 0; i < r->region->n_namespaces; i++)
		r->namespaces[i].reason =
			mem_printf("its region is %s", region_state_name(r->state));
}

void plan_namespaces(struct plan *plan, struct plan_region *region,
		     const struct plan_options *options)
{
	struct work w = {
		.plan = plan,
		.region = region,
		.options = options,
		.conditional = region->state == REGION_UNBOUND,
	};

	if (region->state != REGION_UNBOUND && region->state != REGION_READY) {
		block_all(region);
		return;
	}
	w.start = region->carveout->range.start;
	w.capacity = region->seen ? region->seen->usable : carveout_usable(region->carveout);
	w.requests = requests_of(region->region, align_down(w.capacity, PLACE_ALIGN));
	w.unsafe = carveout_refusal(plan->machine, region->carveout);
	if (!region->region->foreign) {
		if (!w.unsafe)
			clear_scaffolds(&w);
		judge_present(&w);
		if (w.unsafe)
			block_absent(&w);
		else
			place_absent(&w);
	}
	free(w.requests);
	free(w.unsafe);
}
