// SPDX-License-Identifier: GPL-2.0-or-later
#include "look.h"

#include <string.h>

#include "mem.h"
#include "observe.h"
#include "spent.h"

/* The names of namespaces declared without a file system, sorted; and the UUIDs declared for those
 * with one, which tell more than a name. */
struct plain {
	const char **names;
	size_t n;
	const unsigned char **others;
	size_t n_others;
};

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int compare_uuids(const void *a, const void *b)
{
	const unsigned char *const *x = a, *const *y = b;

	return uuid_compare(*x, *y);
}

static struct plain plain_of(const struct layout *layout)
{
	struct plain plain = {0};

	for (size_t i = 0; i < layout->n_regions; i++) {
		const struct layout_region *region = &layout->regions[i];

		for (size_t n = 0; n < region->n_namespaces; n++) {
			const struct layout_namespace *ns = &region->namespaces[n];

			if (ns->fs.type == FS_NONE)
				*MEM_APPEND(plain.names, plain.n) = ns->name;
			else if (ns->uuid_declared)
				*MEM_APPEND(plain.others, plain.n_others) = ns->uuid;
		}
	}
	if (plain.n)
		qsort(plain.names, plain.n, sizeof(*plain.names), compare_names);
	if (plain.n_others)
		qsort(plain.others, plain.n_others, sizeof(*plain.others), compare_uuids);
	return plain;
}

static void plain_release(struct plain *plain)
{
	free(plain->names);
	free(plain->others);
}

static bool is_plain(const void *context, const struct seen_namespace *seen)
{
	const struct plain *plain = context;
	const unsigned char *uuid = seen->uuid;

	return plain->n &&
	       bsearch(&seen->name, plain->names, plain->n, sizeof(*plain->names), compare_names) &&
	       !(plain->n_others && bsearch(&uuid, plain->others, plain->n_others,
					    sizeof(*plain->others), compare_uuids));
}

static bool passed_over_any(const struct machine *m)
{
	for (size_t i = 0; i < m->n_regions; i++)
		for (size_t n = 0; n < m->regions[i].n_namespaces; n++)
			if (m->regions[i].namespaces[n].passed_over)
				return true;
	return false;
}

/* Whether @step changes nothing that exists and could be in use. */
static bool is_harmless(const struct step *step)
{
	switch (step->kind) {
	case STEP_OVERRIDE:
	case STEP_BIND:
	case STEP_START:
	case STEP_ENABLE:
	case STEP_CREATE:
		return true;
	case STEP_RELEASE:
	case STEP_RESET:
	case STEP_DROP:
	case STEP_LOOK:
	case STEP_REPAIR:
	case STEP_CLEAR:
	case STEP_DESTROY:
	case STEP_FORMAT:
	case STEP_WIPE:
	case STEP_SCRUB:
		return false;
	}
	return false;
}

/* Whether @plan would be the same if nothing had been passed over. Who destroys must know who uses
 * it; whoever reads of a conflict wants to know all of it. */
static bool suffices(const struct plan *plan)
{
	bool harmless = !plan->n_problems;

	for (size_t i = 0; i < plan->n_steps; i++)
		harmless &= is_harmless(&plan->steps[i]);
	return harmless || !passed_over_any(plan->machine);
}

void look(const struct sysfs *fs, const struct layout *layout, const struct plan_options *options,
	  const struct known_written *written, struct machine **machine, struct plan **plan)
{
	SPENT(SPENT_LOOKING);
	_cleanup_(plain_release) struct plain plain = plain_of(layout);
	struct observe_choice choice = {.passes_over = is_plain, .context = &plain};

	if (written)
		choice.written = *written;
	*machine = observe_chosen(fs, &choice);
	*plan = plan_make(layout, *machine, options);
	if (!suffices(*plan)) {
		bool conflict = (*plan)->n_problems;

		plan_free(*plan);
		if (!observe_rest(fs, *machine, conflict)) {
			machine_free(*machine);
			choice.users = true;
			*machine = observe_chosen(fs, conflict ? NULL : &choice);
		}
		*plan = plan_make(layout, *machine, options);
	}
}
