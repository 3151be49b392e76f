// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "carveout.h"
#include "mem.h"
#include "plan-parts.h"

#define RAMDAX_DRIVER "ramdax"

static bool claimed(const struct plan *plan, const struct seen_carveout *c)
{
	for (size_t i = 0; i < plan->layout->n_regions; i++)
		if (plan->regions[i].carveout == c)
			return true;
	return false;
}

static bool is_bound(const struct seen_device *d)
{
	return d->driver && !strcmp(d->driver, RAMDAX_DRIVER);
}

static unsigned line_of_device(const struct plan *plan, size_t device, bool *required)
{
	unsigned line = 0;

	*required = false;
	for (size_t i = plan->layout->n_regions; i-- > 0;) {
		const struct plan_region *r = &plan->regions[i];

		if (!r->carveout || r->carveout->device != device)
			continue;
		line = r->region->line;
		*required |= r->region->required;
	}
	return line;
}

static char *unsafe(const struct plan *plan, const struct seen_carveout *c)
{
	_cleanup_(freep) char *why = carveout_refusal(plan->machine, c);

	return why ? mem_printf("carveout of %s at 0x%llx: %s", SIZE_EXACT(c->range.size),
				(unsigned long long)c->range.start, why)
		   : NULL;
}

static char *unclaimed(const struct plan *plan, const struct seen_carveout *c)
{
	return claimed(plan, c)
		       ? NULL
		       : mem_printf("carveout of %s at 0x%llx: no region of the layout fits it",
				    SIZE_EXACT(c->range.size), (unsigned long long)c->range.start);
}

/* What @objection has against the first carveout of @device that it has something against, which
 * is *@which. */
static char *any_carveout(const struct plan *plan, size_t device,
			  char *(*objection)(const struct plan *, const struct seen_carveout *),
			  const struct seen_carveout **which)
{
	const struct machine *m = plan->machine;

	for (size_t i = 0; i < m->n_carveouts; i++) {
		*which = &m->carveouts[i];
		char *why = (*which)->device == device ? objection(plan, *which) : NULL;

		if (why)
			return why;
	}
	return NULL;
}

/* Why @device must not be bound, or NULL. All its carveouts are bound at once, so one that is
 * refused stops them all. */
static char *device_refusal(const struct plan *plan, size_t device)
{
	const struct machine *m = plan->machine;
	const struct seen_carveout *which;
	char *why = any_carveout(plan, device, unsafe, &which);

	if (!why)
		why = any_carveout(plan, device, unclaimed, &which);
	if (why)
		return why;
	if (m->devices[device].absent)
		return mem_strdup("the kernel made no device of its carveouts "
				  "(CONFIG_X86_PMEM_LEGACY)");
	if (m->driver == DRIVER_MISSING)
		return mem_printf("this kernel%s%s has no ramdax driver (Linux 6.19 or later, "
				  "CONFIG_RAMDAX)",
				  m->release ? " " : "", m->release ? m->release : "");
	return NULL;
}

static void set_state(struct plan *plan, size_t device, enum region_state state, const char *reason)
{
	for (size_t i = 0; i < plan->layout->n_regions; i++) {
		struct plan_region *r = &plan->regions[i];

		if (!r->carveout || r->carveout->device != device)
			continue;
		r->state = state;
		r->reason = mem_strdup(reason);
	}
}

static void override_step(struct plan *plan, const struct seen_device *d)
{
	if (d->override && !strcmp(d->override, RAMDAX_DRIVER))
		return;
	plan_step(plan, STEP_OVERRIDE, "so that no other driver takes it")->device = d;
}

static void say_next_driver(struct plan *plan)
{
	if (plan->machine->initramfs)
		plan_next(plan, "make the initramfs again, for a kernel that has it");
	else
		plan_next(plan, "boot a kernel that has it, or install the package of this one's "
				"further modules if there is one");
}

/* What to do about a device that is not taken. */
static void say_next(struct plan *plan, size_t device)
{
	const struct seen_carveout *which, *other;
	_cleanup_(freep) char *why = any_carveout(plan, device, unsafe, &which);
	_cleanup_(freep) char *nobodys = any_carveout(plan, device, unclaimed, &other);
	const struct seen_device *d = &plan->machine->devices[device];

	if (why)
		plan_next(plan, "%s", carveout_remedy(plan->machine, which));
	else if (nobodys)
		plan_next(plan, "declare a region with its address, with foreign = true if it is "
				"somebody else's");
	else if (d->absent)
		plan_next(plan, "boot a kernel that has it");
	else if (plan->machine->driver == DRIVER_MISSING)
		say_next_driver(plan);
	else if (d->user)
		plan_next(plan, "end what uses it, then run \"ramdax apply\" again");
	else if (d->signature)
		plan_next(plan, "if it may be lost, remove it with wipefs(8), then run \"ramdax "
				"apply\" again; else declare a region with its address and "
				"foreign = true");
	else
		plan_next(plan, "if what is on it may be lost, unbind it from that driver, then "
				"run \"ramdax apply\" again; else declare a region with its "
				"address and foreign = true");
}

static void refuse(struct plan *plan, size_t device, enum status status, const char *why)
{
	const struct seen_device *d = &plan->machine->devices[device];
	bool required;
	unsigned line = line_of_device(plan, device, &required);

	plan_problem(plan, status, line, required, "device \"%s\" is not bound to ramdax: %s",
		     d->name, why);
	say_next(plan, device);
	set_state(plan, device, REGION_REFUSED, why);
}

/* A device that is nobody's. */
static void plan_unbound(struct plan *plan, size_t device)
{
	const struct seen_device *d = &plan->machine->devices[device];
	_cleanup_(freep) char *why = device_refusal(plan, device);

	override_step(plan, d);
	if (why) {
		refuse(plan, device, STATUS_MACHINE, why);
		return;
	}
	plan_step(plan, STEP_BIND, "not bound")->device = d;
	set_state(plan, device, REGION_UNBOUND, NULL);
}

/* What stands against taking @d from the driver that has it, or NULL. What an unbound device of
 * nd_e820 or of_pmem holds is lost once RAMDAX has written its labels. */
static char *holds_something(const struct seen_device *d)
{
	if (d->user)
		return mem_printf("driver \"%s\" holds it and it is in use (%s)", d->driver,
				  d->user);
	if (d->signature)
		return mem_printf("driver \"%s\" holds it and there is %s on it", d->driver,
				  d->signature);
	if (!d->signature_known)
		return mem_printf("driver \"%s\" holds it and what is on it cannot be looked at",
				  d->driver);
	return NULL;
}

/* A device that another driver holds, nd_e820 (e820_pmem) or of_pmem. */
static void plan_taken(struct plan *plan, size_t device)
{
	const struct seen_device *d = &plan->machine->devices[device];
	_cleanup_(freep) char *why = device_refusal(plan, device);

	if (why) {
		refuse(plan, device, STATUS_MACHINE, why);
		return;
	}
	why = plan->machine->unread
		      ? mem_printf("driver \"%s\" holds it, and not all of the machine can be read",
				   d->driver)
		      : holds_something(d);
	if (why) {
		refuse(plan, device, STATUS_CONFLICT, why);
		return;
	}
	override_step(plan, d);
	plan_step(plan, STEP_RELEASE, "driver \"%s\" holds it, nothing on it is in use", d->driver)
		->device = d;
	plan_step(plan, STEP_BIND, "once it is released")->device = d;
	set_state(plan, device, REGION_UNBOUND, NULL);
}

/* A region that the kernel made but did not enable, or that somebody has disabled, an interrupted
 * run of ours for example. */
static void plan_down(struct plan *plan, struct plan_region *r, const struct plan_options *options)
{
	r->state = REGION_DOWN;
	if (r->seen->startable) {
		r->reason = mem_strdup("it is not enabled");
		plan_region_step(plan, r, STEP_START, r->reason);
		return;
	}
	r->reason = mem_strdup("the kernel refuses the labels found in it");
	if (plan_may_reset(plan, r, options)) {
		plan_region_step(plan, r, STEP_RESET, r->reason);
		return;
	}
	plan_problem(plan, STATUS_CONFLICT, r->region->line, r->region->required,
		     "region \"%s\": %s, \"%s\" is not enabled", r->region->name, r->reason,
		     r->seen->name);
	plan_next(plan, "\"ramdax apply --recreate=%s\" makes it anew, empty", r->region->name);
}

/* A device that RAMDAX has: its regions are there, and each must be what its carveout was. */
static void plan_bound(struct plan *plan, size_t device, const struct plan_options *options)
{
	for (size_t i = 0; i < plan->layout->n_regions; i++) {
		struct plan_region *r = &plan->regions[i];

		if (!r->carveout || r->carveout->device != device)
			continue;
		r->state = REGION_READY;
		if (!r->seen) {
			r->state = REGION_REFUSED;
			r->reason = mem_strdup("the driver made no region of its carveout");
			plan_problem(plan, STATUS_FAILED, r->region->line, r->region->required,
				     "region \"%s\": %s", r->region->name, r->reason);
			plan_next(plan, "see what \"dmesg\" says of ramdax");
		} else if (!r->seen->enabled && !r->region->foreign) {
			plan_down(plan, r, options);
		} else if (!r->region->foreign) {
			plan_labels(plan, r, options);
		}
	}
}

void plan_devices(struct plan *plan, const struct plan_options *options)
{
	for (size_t i = 0; i < plan->machine->n_devices; i++) {
		const struct seen_device *d = &plan->machine->devices[i];

		if (is_bound(d))
			plan_bound(plan, i, options);
		else if (d->driver)
			plan_taken(plan, i);
		else if (plan->machine->n_carveouts)
			plan_unbound(plan, i);
	}
}
