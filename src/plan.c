// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan.h"

#include "carveout.h"
#include "mem.h"
#include "plan-parts.h"
#include "text.h"

enum status status_worse(enum status a, enum status b)
{
	static const enum status order[] = {
		STATUS_USAGE,  STATUS_LAYOUT,   STATUS_MACHINE,
		STATUS_FAILED, STATUS_CONFLICT, STATUS_TO_DO,
	};

	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return STATUS_OK;
}

struct step *plan_step(struct plan *plan, enum step_kind kind, const char *reason, ...)
{
	struct step *step = MEM_APPEND(plan->steps, plan->n_steps);
	struct text text = {0};
	va_list args;

	va_start(args, reason);
	text_vaddf(&text, reason, args);
	va_end(args);
	step->kind = kind;
	step->reason = text_take(&text);
	return step;
}

void plan_problem(struct plan *plan, enum status status, unsigned line, bool required,
		  const char *sentence, ...)
{
	struct text text = {0};
	va_list args;

	va_start(args, sentence);
	text_vaddf(&text, sentence, args);
	va_end(args);
	*MEM_APPEND(plan->problems, plan->n_problems) = (struct problem){
		.status = status,
		.line = line,
		.text = text_take(&text),
		.next = mem_strdup(""),
		.required = required,
	};
}

void plan_next(struct plan *plan, const char *sentence, ...)
{
	struct text text = {0};
	va_list args;

	va_start(args, sentence);
	text_vaddf(&text, sentence, args);
	va_end(args);
	free(plan->problems[plan->n_problems - 1].next);
	plan->problems[plan->n_problems - 1].next = text_take(&text);
}

/* What the machine has to offer where a region found nothing of its own. */
static char *describe_carveouts(const struct machine *m)
{
	_cleanup_(text_release) struct text text = {0};

	if (!m->n_carveouts && !m->has_iomem)
		return mem_strdup("/proc/iomem shows its addresses to root only");
	if (!m->n_carveouts && m->boot_kind == BOOT_KEXEC)
		return mem_strdup("there is none, and this kernel was started by kexec: if the one "
				  "before had carveouts and memmap= was not repeated "
				  "(ramdax gen-cmdline --kexec), the system has been given their "
				  "memory and what they held is lost");
	if (!m->n_carveouts)
		return mem_strdup("there is none on this machine (no memmap= with \"!\" on the "
				  "kernel command line?)");
	text_add(&text, "there is ");
	for (size_t i = 0; i < m->n_carveouts; i++)
		text_addf(&text, "%s%s at 0x%llx", i ? ", " : "",
			  SIZE_EXACT(m->carveouts[i].range.size),
			  (unsigned long long)m->carveouts[i].range.start);
	return text_take(&text);
}

static void no_carveout(struct plan *plan, struct plan_region *r)
{
	_cleanup_(freep) char *there = describe_carveouts(plan->machine);
	uint64_t needs = region_needs(r->region, r->region->has_address ? r->region->address : 0);

	if (r->region->has_address)
		r->reason = mem_printf("no carveout at 0x%llx: %s",
				       (unsigned long long)r->region->address, there);
	else
		r->reason = mem_printf("no carveout of %s (%s and the label area of %s): %s",
				       SIZE_EXACT(align_up(needs + LABEL_AREA_SIZE, PLACE_ALIGN)),
				       SIZE_EXACT(needs), SIZE_EXACT(LABEL_AREA_SIZE), there);
	plan_problem(plan, STATUS_MACHINE, r->region->line, r->region->required,
		     "region \"%s\": %s", r->region->name, r->reason);
	if (!plan->machine->n_carveouts && !plan->machine->has_iomem)
		plan_next(plan, "run it as root");
	else if (plan->machine->guest)
		plan_next(plan, REMEDY_GUEST);
	else if (plan->machine->boot_kind == BOOT_KEXEC)
		plan_next(plan, "run \"ramdax update-bootloader\" and reboot, not by kexec, unless "
				"that is given what \"ramdax gen-cmdline --kexec\" prints");
	else
		plan_next(plan, "run \"ramdax update-bootloader\" and reboot");
}

static void plan_regions(struct plan *plan)
{
	const struct layout *layout = plan->layout;
	_cleanup_(freep) size_t *of_region = mem_calloc(layout->n_regions, sizeof(*of_region));

	carveout_match(layout, plan->machine, of_region);
	plan->regions = mem_calloc(layout->n_regions, sizeof(*plan->regions));
	for (size_t i = 0; i < layout->n_regions; i++) {
		struct plan_region *r = &plan->regions[i];

		r->region = &layout->regions[i];
		r->namespaces = mem_calloc(r->region->n_namespaces, sizeof(*r->namespaces));
		for (size_t n = 0; n < r->region->n_namespaces; n++)
			r->namespaces[n] = (struct plan_namespace){
				.ns = &r->region->namespaces[n],
				.verdict = VERDICT_BLOCKED,
			};
		if (of_region[i] == NO_CARVEOUT) {
			no_carveout(plan, r);
			continue;
		}
		r->carveout = &plan->machine->carveouts[of_region[i]];
		r->seen = machine_region_of(plan->machine, r->carveout);
	}
}

struct plan *plan_make(const struct layout *layout, const struct machine *machine,
		       const struct plan_options *options)
{
	struct plan *plan = MEM_NEW(struct plan);

	plan->layout = layout;
	plan->machine = machine;
	plan_regions(plan);
	if (layout->n_regions)
		plan_devices(plan, options);
	for (size_t i = 0; i < layout->n_regions; i++)
		plan_namespaces(plan, &plan->regions[i], options);
	return plan;
}

void plan_free(struct plan *plan)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->n_steps; i++)
		free(plan->steps[i].reason);
	for (size_t i = 0; plan->regions && i < plan->layout->n_regions; i++) {
		for (size_t n = 0; n < plan->regions[i].region->n_namespaces; n++)
			free(plan->regions[i].namespaces[n].reason);
		free(plan->regions[i].namespaces);
		free(plan->regions[i].reason);
	}
	for (size_t i = 0; i < plan->n_problems; i++) {
		free(plan->problems[i].text);
		free(plan->problems[i].next);
	}
	free(plan->steps);
	free(plan->regions);
	free(plan->problems);
	free(plan);
}

size_t plan_n_executable(const struct plan *plan)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->n_steps; i++)
		n += !plan->steps[i].conditional;
	return n;
}

enum status plan_status(const struct plan *plan)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < plan->n_problems; i++)
		status = status_worse(status, plan->problems[i].status);
	return status;
}

const char *step_name(enum step_kind kind)
{
	static const char *const names[] = {
		[STEP_OVERRIDE] = "reserve", [STEP_RELEASE] = "release", [STEP_BIND] = "bind",
		[STEP_RESET] = "reset",      [STEP_DESTROY] = "destroy", [STEP_CLEAR] = "clear",
		[STEP_ENABLE] = "enable",    [STEP_CREATE] = "create",   [STEP_FORMAT] = "format",
		[STEP_DROP] = "drop",        [STEP_LOOK] = "look",       [STEP_REPAIR] = "repair",
		[STEP_WIPE] = "wipe",        [STEP_SCRUB] = "scrub",     [STEP_START] = "start",
	};

	return names[kind];
}

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = {
		[VERDICT_ADOPTED] = "adopted", [VERDICT_UNFINISHED] = "unfinished",
		[VERDICT_ABSENT] = "absent",   [VERDICT_CONFLICT] = "conflict",
		[VERDICT_NO_ROOM] = "no room", [VERDICT_BLOCKED] = "blocked",
	};

	return names[verdict];
}

const char *region_state_name(enum region_state state)
{
	static const char *const names[] = {
		[REGION_ABSENT] = "absent",   [REGION_REFUSED] = "refused",
		[REGION_UNBOUND] = "unbound", [REGION_READY] = "ready",
		[REGION_DOWN] = "down",       [REGION_LOST] = "lost",
	};

	return names[state];
}
