// SPDX-License-Identifier: GPL-2.0-or-later
/* Where absent namespaces go, and what is said when there is no room. */
#include <string.h>

#include "carveout.h"
#include "mem.h"
#include "plan-work.h"
#include "text.h"

/* How many of those that take the room are named. */
#define HOLDERS_MAX 3

struct step *work_step(struct work *w, enum step_kind kind, const struct plan_namespace *p,
		       const char *reason)
{
	struct step *step = plan_step(w->plan, kind, "%s", reason);

	step->conditional = w->conditional;
	step->region = work_declared(w);
	step->ns = p->ns;
	step->device = &w->plan->machine->devices[w->region->carveout->device];
	step->seen_region = w->region->seen;
	step->seen = p->seen;
	return step;
}

size_t work_free_ranges(const struct work *w, const struct seen_namespace *but,
			struct range **ranges)
{
	const struct seen_region *seen = w->region->seen;
	struct range *used = NULL;
	size_t n = 0, n_free;

	for (size_t i = 0; seen && i < seen->n_namespaces; i++)
		if (!w->gone[i] && &seen->namespaces[i] != but)
			*MEM_APPEND(used, n) =
				(struct range){seen->namespaces[i].start, seen->namespaces[i].raw};
	n_free = place_free((struct range){w->start, w->capacity}, used, n, ranges);
	free(used);
	return n_free;
}

void work_reduce_rest(const struct work *w, const struct seen_namespace *but,
		      struct place_request *rest)
{
	for (size_t i = 0; i < work_declared(w)->n_namespaces; i++) {
		const struct plan_namespace *p = &w->region->namespaces[i];

		if (p->seen && p->seen != but)
			rest->bytes -= p->seen->raw < rest->bytes ? p->seen->raw : rest->bytes;
	}
}

static void create_step(struct work *w, struct plan_namespace *p)
{
	struct step *step = work_step(w, STEP_CREATE, p, "absent");

	step->where = p->where;
	step->parts = p->parts;
	step->format = p->ns->fs.type != FS_NONE && !w->options->no_format;
	step->seed = w->plan->layout->seed;
}

/* Who holds what is not free: the largest few. */
static void add_holders(const struct work *w, struct text *text)
{
	const struct seen_region *seen = w->region->seen;
	_cleanup_(freep) const struct seen_namespace **held = NULL;
	size_t n = 0, shown = 0;

	for (size_t i = 0; seen && i < seen->n_namespaces; i++)
		if (!w->gone[i])
			*MEM_APPEND(held, n) = &seen->namespaces[i];
	for (; shown < n && shown < HOLDERS_MAX; shown++) {
		size_t largest = shown;
		const struct seen_namespace *ns;

		for (size_t i = shown + 1; i < n; i++)
			if (held[i]->raw > held[largest]->raw)
				largest = i;
		ns = held[largest];
		held[largest] = held[shown];
		held[shown] = ns;
		text_addf(text, "%s\"%s\" (%s)", shown ? ", " : "; held by ",
			  *ns->name ? ns->name : ns->device, SIZE_HUMAN(ns->raw));
	}
	if (n > shown)
		text_addf(text, " and %zu more", n - shown);
}

static void say_next(struct plan *plan, enum status status)
{
	if (status == STATUS_CONFLICT)
		plan_next(plan, "\"ramdax apply --prune\" removes what the layout does not name, "
				"\"ramdax apply --recreate\" makes anew what differs");
	else
		plan_next(plan, "ask for less, or give the region a greater size in the layout, "
				"run \"ramdax update-bootloader\" and reboot");
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
	text_addf(&text, ", %s free in region \"%s\"", SIZE_HUMAN(all), work_declared(w)->name);
	if (largest < all)
		text_addf(&text, " (%s in one piece)", SIZE_HUMAN(largest));
	add_holders(w, &text);
	p->verdict = VERDICT_NO_ROOM;
	free(p->reason);
	p->reason = text_take(&text);
	plan_problem(w->plan, status, p->ns->line, p->ns->required,
		     "no room for namespace \"%s\": %s", p->ns->name, p->reason);
	say_next(w->plan, status);
}

/* Whether everything declared would fit if nothing else were there. */
static bool fits_alone(const struct work *w)
{
	struct range whole = {w->start, w->capacity};
	struct place_request *requests = requests_of(work_declared(w), w->capacity);
	bool fits = place(&whole, 1, requests, work_declared(w)->n_namespaces) ==
		    work_declared(w)->n_namespaces;

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
		n += w->gone[i];
	return n;
}

static char *slots_taken(const struct work *w)
{
	struct text text = {0};

	text_addf(&text, "none of its %u label slots is free, one is wanted",
		  (unsigned)REGION_NAMESPACES_MAX);
	add_holders(w, &text);
	return text_take(&text);
}

static int by_start(const void *a, const void *b)
{
	const struct plan_namespace *const *x = a, *const *y = b;

	return (*x)->where.start < (*y)->where.start ? -1 : (*x)->where.start > (*y)->where.start;
}

/* The step that destroys what there is of @p, so that it can be made again; or NULL. */
static struct step *destruction_of(const struct work *w, const struct plan_namespace *p)
{
	for (size_t i = 0; i < w->plan->n_steps; i++)
		if (w->plan->steps[i].kind == STEP_DESTROY && w->plan->steps[i].ns == p->ns)
			return &w->plan->steps[i];
	return NULL;
}

/* Creates in the order of addresses: that is how the kernel, which takes the first space that
 * fits, comes to the places chosen here. Where label slots are scarce, what is destroyed to be made
 * again has the one that it frees. */
static void create_in_order(struct work *w, struct plan_namespace **placed, size_t n)
{
	size_t slots = slots_free(w);
	bool scarce = n > slots;

	if (n)
		qsort(placed, n, sizeof(struct plan_namespace *), by_start);
	for (size_t i = 0; scarce && i < n; i++)
		slots -= destruction_of(w, placed[i]) ? 1 : 0;
	for (size_t i = 0; i < n; i++) {
		struct plan_namespace *p = placed[i];

		if (!scarce || destruction_of(w, p) || slots) {
			slots -= scarce && !destruction_of(w, p);
			create_step(w, p);
			continue;
		}
		p->verdict = VERDICT_NO_ROOM;
		free(p->reason);
		p->reason = slots_taken(w);
		plan_problem(w->plan, STATUS_CONFLICT, p->ns->line, p->ns->required,
			     "no room for namespace \"%s\" in region \"%s\": %s", p->ns->name,
			     work_declared(w)->name, p->reason);
		say_next(w->plan, STATUS_CONFLICT);
	}
}

/* What cannot be made again is not destroyed, unless its contents are of before this boot and must
 * not outlive it. True if there is such a one: it is kept, where it is, so that all are to be
 * placed anew. */
static bool keep_unplaced(struct work *w, struct plan_namespace *p)
{
	struct step *step = destruction_of(w, p);
	_cleanup_(freep) char *reason = NULL;

	if (!step || (!plan_outlives(w->plan, p->ns) && !work_is_settled(w, step->seen)))
		return false;
	p->seen = step->seen;
	w->gone[p->seen - w->region->seen->namespaces] = false;
	p->where = (struct range){p->seen->start, p->seen->raw};
	reason = TAKE_PTR(p->reason);
	free(step->reason);
	w->plan->n_steps--;
	memmove(step, step + 1, (size_t)(w->plan->steps + w->plan->n_steps - step) * sizeof(*step));
	work_conflict(w, p, mem_printf("%s, and there is no room to make it again", reason),
		      mem_strdup("change the layout to what is there, or ask for less"));
	return true;
}

/* The absent ones and their requests, as many. */
struct wanting {
	struct plan_namespace **absent;
	struct place_request *requests;
	size_t n;
};

static void wanting_release(struct wanting *wanting)
{
	free(wanting->absent);
	free(wanting->requests);
}

static struct wanting wanting_of(const struct work *w)
{
	struct wanting wanting = {0};

	for (size_t i = 0; i < work_declared(w)->n_namespaces; i++) {
		size_t n = wanting.n;

		if (w->region->namespaces[i].verdict != VERDICT_ABSENT)
			continue;
		*MEM_APPEND(wanting.absent, n) = &w->region->namespaces[i];
		*MEM_APPEND(wanting.requests, wanting.n) = w->requests[i];
		if (w->requests[i].kind == PLACE_REST)
			work_reduce_rest(w, NULL, &wanting.requests[n - 1]);
	}
	return wanting;
}

/* One try. False if something must be kept that was to be destroyed. */
static bool place_all(struct work *w)
{
	_cleanup_(freep) struct range *ranges = NULL;
	_cleanup_(freep) struct plan_namespace **placed = NULL;
	_cleanup_(wanting_release) struct wanting wanting = wanting_of(w);
	size_t n_free = work_free_ranges(w, NULL, &ranges), n_placed = 0;
	enum status status = STATUS_MACHINE;

	/* What is kept may be what stands in the way. */
	if (place(ranges, n_free, wanting.requests, wanting.n) < wanting.n && fits_alone(w))
		status = STATUS_CONFLICT;
	for (size_t i = 0; i < wanting.n; i++)
		if (!wanting.requests[i].placed && keep_unplaced(w, wanting.absent[i]))
			return false;
	for (size_t i = 0; i < wanting.n; i++) {
		struct plan_namespace *p = wanting.absent[i];
		const struct place_request *request = &wanting.requests[i];

		if (!request->placed) {
			no_room(w, p, request, ranges, n_free, status);
			continue;
		}
		p->where = request->where;
		p->parts = request->parts;
		*MEM_APPEND(placed, n_placed) = p;
	}
	create_in_order(w, placed, n_placed);
	return true;
}

void work_place_absent(struct work *w)
{
	while (!place_all(w))
		;
}
