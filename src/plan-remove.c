// SPDX-License-Identifier: GPL-2.0-or-later
/* What is destroyed, and when it is not. */
#include <string.h>

#include "carveout.h"
#include "mem.h"
#include "plan-work.h"

void work_conflict(struct work *w, struct plan_namespace *p, char *reason, char *next)
{
	p->verdict = VERDICT_CONFLICT;
	p->reason = reason;
	plan_problem(w->plan, STATUS_CONFLICT, p->ns->line, p->ns->required,
		     "namespace \"%s\" was kept as it is: %s", p->ns->name, reason);
	plan_next(w->plan, "%s", next);
	free(next);
}

/* A step that removes @seen, which is in the region. */
static void remove_step(struct work *w, enum step_kind kind, const struct layout_namespace *ns,
			const struct seen_namespace *seen, const char *reason)
{
	struct step *step = plan_step(w->plan, kind, "%s", reason);

	step->region = work_declared(w);
	step->ns = ns;
	step->device = &w->plan->machine->devices[w->region->carveout->device];
	step->seen_region = w->region->seen;
	step->seen = seen;
	w->gone[seen - w->region->seen->namespaces] = true;
}

/* One that somebody uses stays. */
static void clear_scaffold(struct work *w, const struct seen_namespace *seen)
{
	if (!seen->user) {
		remove_step(w, STEP_CLEAR, NULL, seen, "left unfinished by an interrupted run");
		return;
	}
	plan_problem(w->plan, STATUS_CONFLICT, work_declared(w)->line, false,
		     "region \"%s\": the unfinished namespace \"%s\" is in use (%s)",
		     work_declared(w)->name, seen->name, seen->user);
	plan_next(w->plan, "end what uses it, then run \"ramdax apply\" again");
}

static void prune(struct work *w, const struct seen_namespace *seen)
{
	if (!seen->user) {
		remove_step(w, STEP_DESTROY, NULL, seen, "not in the layout");
		return;
	}
	plan_problem(w->plan, STATUS_CONFLICT, work_declared(w)->line, false,
		     "namespace \"%s\" is not in the layout and in use (%s)",
		     *seen->name ? seen->name : seen->device, seen->user);
	plan_next(w->plan, "end what uses it, then run \"ramdax apply --prune\" again");
}

/* Of whatever region: one that lies in another than its own is a conflict there. */
static bool is_declared(const struct work *w, const struct seen_namespace *seen)
{
	const struct layout *layout = w->plan->layout;

	for (size_t r = 0; r < layout->n_regions; r++)
		if (region_declares(&layout->regions[r], seen))
			return true;
	return false;
}

void work_remove_others(struct work *w)
{
	const struct seen_region *seen = w->region->seen;

	for (size_t i = 0; seen && i < seen->n_namespaces; i++) {
		const struct seen_namespace *ns = &seen->namespaces[i];

		if (ns->fault)
			continue;
		if (namespace_is_scaffold(ns))
			clear_scaffold(w, ns);
		else if (w->options->prune && !is_declared(w, ns))
			prune(w, ns);
	}
}

/* Whether --recreate means @ns, by its own name or as one of its region. */
static bool is_meant(const struct work *w, const struct layout_namespace *ns)
{
	const char *name = w->options->recreate_name;

	return (w->options->recreate && name && !strcmp(name, ns->name)) ||
	       plan_means_region(w->plan, w->options, work_declared(w));
}

/* Whether what differs from @ns may be destroyed for it. */
static bool may_recreate(const struct work *w, const struct layout_namespace *ns)
{
	return !w->unsafe && (ns->on_conflict == CONFLICT_RECREATE || is_meant(w, ns));
}

bool work_is_settled(const struct work *w, const struct seen_namespace *seen)
{
	return w->options->settled && w->options->settled(w->options->settled_context, seen);
}

/* Takes @reason. */
static void make_again(struct work *w, struct plan_namespace *p, char *reason)
{
	if (p->seen->user) {
		work_conflict(w, p, mem_printf("%s, and it is in use (%s)", reason, p->seen->user),
			      mem_strdup("end what uses it, then run the same \"ramdax apply\" "
					 "again"));
		free(reason);
		return;
	}
	remove_step(w, STEP_DESTROY, p->ns, p->seen, reason);
	p->verdict = VERDICT_ABSENT;
	p->reason = reason;
	p->seen = NULL;
	p->scrubbed = false;
}

/* Where nothing is safe, no option has it made anew. */
static char *next_differs(const struct work *w, const struct plan_namespace *p, const char *instead)
{
	if (w->unsafe)
		return mem_printf("%s; to have it made anew, %s", instead, w->remedy);
	return mem_printf("%s, or%s have it made anew, empty: \"ramdax apply --recreate=%s\"",
			  instead, p->seen->user ? " end what uses it and" : "", p->ns->name);
}

void work_differs(struct work *w, struct plan_namespace *p, char *reason, const char *instead)
{
	if (may_recreate(w, p->ns))
		make_again(w, p, reason);
	else
		work_conflict(w, p, reason, next_differs(w, p, instead));
}

void work_dispose(struct work *w, struct plan_namespace *p)
{
	size_t before = w->plan->n_steps;

	make_again(w, p,
		   mem_printf("it survives \"%s\" and this was a %s boot",
			      survives_name(p->ns->survives),
			      boot_kind_name(w->plan->machine->boot_kind)));
	if (w->plan->n_steps > before)
		w->plan->steps[before].expired = true;
}
