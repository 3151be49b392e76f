// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan-empty.h"

#include <string.h>

#include "carveout.h"
#include "mem.h"
#include "plan-parts.h"
#include "text.h"

/* A namespace that is to be emptied, as far as it is known. */
struct target {
	const struct layout_region *region; /* or NULL */
	const struct layout_namespace *ns;  /* or NULL: the layout does not name it */
	const struct seen_region *own;      /* what @region is, NULL if that is not to be seen */
	const struct seen_region *seen_region;
	const struct seen_namespace *seen;
	size_t n_found; /* how many it could be */
};

struct emptier {
	struct plan *plan;
	const struct emptying *what;
	size_t *of_region; /* carveout_match() */
};

static const char *verb(const struct emptier *e)
{
	return e->what->scrub ? "scrub" : "wipe";
}

static const struct seen_carveout *carveout_of(const struct machine *m,
					       const struct seen_region *region)
{
	for (size_t i = 0; i < m->n_carveouts; i++)
		if (machine_region_of(m, &m->carveouts[i]) == region)
			return &m->carveouts[i];
	return NULL;
}

/* Whether there may be more in @region than it shows: its labels are lost, or an interrupted run
 * that looked at it, filled or emptied it as a whole has left its scaffold. */
static bool hides(const struct seen_region *region)
{
	for (size_t i = 0; i < region->n_namespaces; i++)
		if (!strcmp(region->namespaces[i].name, REGION_SCAFFOLD) ||
		    !strcmp(region->namespaces[i].name, LOOK_SCAFFOLD))
			return true;
	return region->labels == LABELS_LOST || region->labels == LABELS_OLD;
}

/* A carveout whose namespaces cannot be seen, or NULL. */
static const struct seen_carveout *find_hidden(const struct layout *layout, const struct machine *m)
{
	for (size_t i = 0; i < m->n_carveouts; i++) {
		const struct seen_region *region = machine_region_of(m, &m->carveouts[i]);

		if (region && region_is_foreign(layout, region))
			continue;
		if (!region || !region->enabled || hides(region))
			return &m->carveouts[i];
	}
	return NULL;
}

/* Whether @seen is @t->ns, or what an interrupted run has left of it: a scaffold of its UUID. */
static bool is_meant(const struct target *t, const struct seen_namespace *seen)
{
	return namespace_is(t->ns, seen) || (namespace_is_scaffold(seen) && seen->has_uuid &&
					     !uuid_compare(seen->uuid, t->ns->uuid));
}

/* Whether @seen bears the name of @t->ns, and is another by its UUID. */
static bool is_only_named(const struct emptier *e, const struct target *t,
			  const struct seen_namespace *seen)
{
	const struct layout_namespace *owner = layout_of_uuid(e->plan->layout, seen);

	return owner && owner != t->ns;
}

/* Looks in all regions for what is @t->ns, or bears @name. What is somebody else's is none of the
 * layout's, whatever name it bears. */
static void find(const struct emptier *e, struct target *t, const char *name)
{
	const struct machine *m = e->plan->machine;

	for (size_t r = 0; r < m->n_regions; r++) {
		if (t->ns && region_is_foreign(e->plan->layout, &m->regions[r]))
			continue;
		for (size_t i = 0; i < m->regions[r].n_namespaces; i++) {
			const struct seen_namespace *seen = &m->regions[r].namespaces[i];

			if (t->ns ? !is_meant(t, seen) : strcmp(name, seen->name) != 0)
				continue;
			/* Where there is one that is it, others are not by their names. */
			if (t->seen && t->ns && is_only_named(e, t, seen))
				continue;
			if (t->seen && t->ns && is_only_named(e, t, t->seen))
				t->n_found = 0;
			t->seen_region = &m->regions[r];
			t->seen = seen;
			t->n_found++;
		}
	}
}

static void problem(struct emptier *e, const struct target *t, enum status status, const char *why)
{
	plan_problem(e->plan, status, t->ns ? t->ns->line : 0, false,
		     "cannot %s namespace \"%s\": %s", verb(e), t->ns ? t->ns->name : t->seen->name,
		     why);
}

static void next_apply(struct emptier *e)
{
	plan_next(e->plan, "run \"ramdax apply\", which brings it up or says what it lacks");
}

/* The scaffold of nobody knows whom in @region, or NULL: whatever was there before it was emptied
 * bore a UUID of its own, which it has kept. */
static const struct seen_namespace *stray(const struct layout *layout,
					  const struct seen_region *region)
{
	for (size_t i = 0; i < region->n_namespaces; i++) {
		const struct seen_namespace *seen = &region->namespaces[i];
		bool known = !namespace_is_scaffold(seen);

		for (size_t r = 0; !known && r < layout->n_regions; r++)
			for (size_t n = 0; !known && n < layout->regions[r].n_namespaces; n++)
				known = !uuid_compare(layout->regions[r].namespaces[n].uuid,
						      seen->uuid);
		if (!known)
			return seen;
	}
	return NULL;
}

/* What is not there is wiped. */
static void judge_absent(struct emptier *e, const struct target *t)
{
	const struct seen_carveout *hidden = find_hidden(e->plan->layout, e->plan->machine);
	const struct seen_namespace *left = t->own ? stray(e->plan->layout, t->own) : NULL;
	_cleanup_(freep) char *why = NULL;

	if (left && !hidden) {
		why = mem_printf("\"%s\", which an interrupted run has left, may be it",
				 left->name);
		problem(e, t, STATUS_CONFLICT, why);
		plan_next(e->plan, "run \"ramdax apply\", which removes that and makes it anew");
	} else if (hidden) {
		why = mem_printf("it is not known what is in the carveout at 0x%llx",
				 (unsigned long long)hidden->range.start);
		problem(e, t, STATUS_MACHINE, why);
		next_apply(e);
	} else if (e->what->scrub) {
		problem(e, t, STATUS_FAILED, "it is not there");
		plan_next(e->plan, "\"ramdax status\" shows what there is");
	}
}

/* Whether it only bears the name of what is declared, in another region than that. */
static bool is_elsewhere(const struct emptier *e, const struct target *t)
{
	return t->region && t->seen_region != t->own &&
	       carveout_of(e->plan->machine, t->seen_region);
}

/* Why what is there must be kept, and what that amounts to; NULL if it need not. */
static char *objection(const struct emptier *e, const struct target *t, enum status *status)
{
	const struct seen_carveout *carveout = carveout_of(e->plan->machine, t->seen_region);
	const struct layout_namespace *owner = layout_of_uuid(e->plan->layout, t->seen);
	char *unsafe = carveout ? carveout_refusal(e->plan->machine, carveout) : NULL;

	*status = STATUS_CONFLICT;
	if (region_is_foreign(e->plan->layout, t->seen_region))
		return mem_strdup("its carveout is declared foreign");
	if (t->ns && owner && owner != t->ns)
		return mem_printf("by its uuid it is \"%s\"", owner->name);
	if (t->n_found > 1)
		return mem_printf("%zu namespaces bear its name or uuid", t->n_found);
	if (is_elsewhere(e, t))
		return mem_printf("it is in \"%s\", which is not its region", t->seen_region->name);
	if (t->seen->fault)
		return mem_strdup(t->seen->fault);
	if (t->seen->user)
		return mem_printf("it is in use (%s)", t->seen->user);
	*status = STATUS_MACHINE;
	if (!carveout)
		return mem_strdup("its carveout is unknown");
	if (unsafe)
		return unsafe;
	*status = STATUS_FAILED;
	if (e->what->scrub && namespace_is_scaffold(t->seen))
		return mem_strdup("it was never finished, the next apply makes it anew");
	if (e->what->scrub && !t->seen->enabled)
		return mem_strdup("it is not enabled");
	return NULL;
}

/* Where nothing may be written, or somebody must say where it is. */
static void next_machine(struct emptier *e, const struct target *t)
{
	const struct seen_carveout *carveout = carveout_of(e->plan->machine, t->seen_region);

	plan_next(e->plan, "%s",
		  carveout ? carveout_remedy(e->plan->machine, carveout)
			   : "\"ramdax status\" shows what there is");
}

/* What to do about an objection. */
static void say_next(struct emptier *e, const struct target *t, enum status status)
{
	const struct layout_namespace *owner = layout_of_uuid(e->plan->layout, t->seen);

	if (status == STATUS_MACHINE)
		next_machine(e, t);
	else if (region_is_foreign(e->plan->layout, t->seen_region))
		plan_next(e->plan, "empty it with what it was made with");
	else if (owner && t->ns && owner != t->ns)
		plan_next(e->plan, "name that one, or rename one of them");
	else if (t->n_found > 1)
		plan_next(e->plan,
			  "\"ramdax status\" shows them: remove all but one with ndctl(8)");
	else if (is_elsewhere(e, t))
		plan_next(e->plan, "declare it in the region that it is in, or if what it holds "
				   "may be lost, remove it there with ndctl(8)");
	else if (t->seen->fault && t->region)
		plan_next(e->plan,
			  "\"ramdax apply --recreate=%s\" drops the damaged labels of its region, "
			  "and makes anew what differs there, empty",
			  t->region->name);
	else if (t->seen->fault)
		plan_next(e->plan, "\"ramdax status\" shows what there is");
	else if (t->seen->user)
		plan_next(e->plan, "end what uses it, then run \"ramdax %s%s %s\" again", verb(e),
			  e->what->zero ? " --zero" : "", t->ns ? t->ns->name : t->seen->name);
	else
		next_apply(e);
}

static void judge(struct emptier *e, const struct target *t)
{
	_cleanup_(freep) char *why = NULL;
	enum status status;
	struct step *step;

	if (!t->seen) {
		judge_absent(e, t);
		return;
	}
	for (size_t i = 0; i < e->plan->n_steps; i++)
		if (e->plan->steps[i].seen == t->seen)
			return;
	why = objection(e, t, &status);
	if (why) {
		problem(e, t, status, why);
		say_next(e, t, status);
		return;
	}
	step = plan_step(e->plan, e->what->scrub ? STEP_SCRUB : STEP_WIPE, "%s",
			 e->what->n_names ? "asked for by name" : "it is in the layout");
	step->region = t->region;
	step->ns = t->ns;
	step->seen_region = t->seen_region;
	step->seen = t->seen;
	step->zero = e->what->zero;
}

static void add_declared(struct emptier *e, const struct layout_region *region,
			 const struct layout_namespace *ns)
{
	size_t c = e->of_region[region - e->plan->layout->regions];
	struct target t = {.region = region, .ns = ns};

	if (c != NO_CARVEOUT)
		t.own = machine_region_of(e->plan->machine, &e->plan->machine->carveouts[c]);
	find(e, &t, NULL);
	judge(e, &t);
}

static void add_region(struct emptier *e, const struct layout_region *region)
{
	for (size_t i = 0; i < region->n_namespaces; i++)
		add_declared(e, region, &region->namespaces[i]);
}

/* What the layout names so, a namespace before a region. False if it is nothing. */
static bool add_named(struct emptier *e, const char *name)
{
	const struct layout *layout = e->plan->layout;

	for (size_t r = 0; r < layout->n_regions; r++)
		for (size_t i = 0; i < layout->regions[r].n_namespaces; i++)
			if (!strcmp(layout->regions[r].namespaces[i].name, name)) {
				add_declared(e, &layout->regions[r],
					     &layout->regions[r].namespaces[i]);
				return true;
			}
	for (size_t r = 0; r < layout->n_regions; r++)
		if (!strcmp(layout->regions[r].name, name)) {
			add_region(e, &layout->regions[r]);
			return true;
		}
	return false;
}

static bool add_undeclared(struct emptier *e, const char *name)
{
	struct target t = {0};

	if (!e->what->scrub || !*name)
		return false;
	find(e, &t, name);
	if (t.seen)
		judge(e, &t);
	return t.seen;
}

static void nobodys(struct emptier *e, const char *name)
{
	_cleanup_(freep) char *next = NULL;
	_cleanup_(freep) char *fault = layout_name_fault(e->plan->layout, name, &next);

	plan_problem(e->plan, STATUS_USAGE, 0, false, "%s",
		     fault ? fault : "there is no such namespace");
	plan_next(e->plan, "%s", next ? next : "\"ramdax status\" shows those that there are");
}

struct plan *plan_empty(const struct layout *layout, const struct machine *machine,
			const struct emptying *what)
{
	struct emptier e = {.plan = MEM_NEW(struct plan), .what = what};

	e.plan->layout = layout;
	e.plan->machine = machine;
	e.of_region = mem_calloc(layout->n_regions, sizeof(*e.of_region));
	carveout_match(layout, machine, e.of_region);
	for (size_t i = 0; !what->n_names && i < layout->n_regions; i++)
		add_region(&e, &layout->regions[i]);
	for (size_t i = 0; i < what->n_names; i++)
		if (!add_named(&e, what->names[i]) && !add_undeclared(&e, what->names[i]))
			nobodys(&e, what->names[i]);
	free(e.of_region);
	return e.plan;
}
