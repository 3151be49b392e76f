// SPDX-License-Identifier: GPL-2.0-or-later
/* Whatever stands in the way, something can be done about it, and it is said. */
#include "hindrance-scene.h"
#include "plan-empty.h"
#include "unit.h"

#define UNSAFE  "uses part of it as System RAM"
#define SAFER   "\"ramdax update-bootloader\" chooses a safe place"
#define AGAIN   "end what uses it, then run \"ramdax apply\" again"
#define ANEW    "\"ramdax apply --recreate=a\""
#define MAPLESS "CONFIG_FIRMWARE_MEMMAP"

static const struct plan_options as_declared, anew = {.recreate = true}, pruned = {.prune = true};

/* What is said of each, and what next. */
static const struct hindrance {
	const char *name;
	void (*make)(struct scene *s);
	const struct plan_options *options;
	enum status status;
	const char *text, *next;
} hindrances[] = {
#define OF(scene) #scene, scene
	{OF(nothing), &as_declared, STATUS_MACHINE, "there is none",
	 "update-bootloader\" and reboot"},
	{OF(nothing_to_be_seen), &as_declared, STATUS_MACHINE, "root only", "run it as root"},
	{OF(nothing_after_kexec), &as_declared, STATUS_MACHINE, "kexec", "gen-cmdline --kexec"},
	{OF(nothing_in_a_guest), &as_declared, STATUS_MACHINE, "there is none", "on the host"},
	{OF(guest), &as_declared, STATUS_MACHINE, "TDX", "on the host"},
	{OF(no_map), &as_declared, STATUS_MACHINE, "cannot be read", MAPLESS},
	{OF(unsafe), &as_declared, STATUS_MACHINE, UNSAFE, SAFER},
	{OF(devicetree), &as_declared, STATUS_MACHINE, "no-map", "in the device tree"},
	{OF(nobodys), &as_declared, STATUS_MACHINE, "no region", "declare a region"},
	{OF(no_device), &as_declared, STATUS_MACHINE, "CONFIG_X86_PMEM_LEGACY", "boot a kernel"},
	{OF(no_driver), &as_declared, STATUS_MACHINE, "CONFIG_RAMDAX", "boot a kernel"},
	{OF(no_driver_in_initramfs), &as_declared, STATUS_MACHINE, "CONFIG_RAMDAX",
	 "the initramfs"},
	{OF(taken), &as_declared, STATUS_CONFLICT, "cannot be looked at", "unbind it"},
	{OF(taken_and_used), &as_declared, STATUS_CONFLICT, "in use (swap)", AGAIN},
	{OF(taken_and_written), &as_declared, STATUS_CONFLICT, "ext4 on it", "wipefs(8)"},
	{OF(no_region), &as_declared, STATUS_FAILED, "made no region", "\"dmesg\""},
	{OF(bound_unsafe), &as_declared, STATUS_MACHINE, "nothing is made", SAFER},
	{OF(refused), &as_declared, STATUS_CONFLICT, "refuses the labels", "--recreate=vmcache"},
	{OF(old_labels), &as_declared, STATUS_CONFLICT, "version 1.1", "--recreate=vmcache"},
	{OF(lost), &as_declared, STATUS_CONFLICT, "labels are lost", "--repair-labels"},
	{OF(unreadable), &as_declared, STATUS_CONFLICT, "nothing proves it empty", "/dev/nmem"},
	{OF(looked_at_and_used), &as_declared, STATUS_CONFLICT, "uses the scaffold", AGAIN},
	{OF(scaffold_used), &as_declared, STATUS_CONFLICT, "unfinished", AGAIN},
	{OF(damaged), &as_declared, STATUS_CONFLICT, "bad checksum", "--recreate=vmcache"},
	{OF(damaged_beside_used), &anew, STATUS_CONFLICT, "labels stay", "end what uses it"},
	{OF(damaged_unsafe), &as_declared, STATUS_CONFLICT, "bad checksum", SAFER},
	{OF(twice), &as_declared, STATUS_CONFLICT, "2 namespaces bear", "remove all but one"},
	{OF(elsewhere), &as_declared, STATUS_CONFLICT, "not its region", "in the region that"},
	{OF(uuid_taken), &as_declared, STATUS_CONFLICT, "\"other\" bears", "another uuid"},
	{OF(anothers), &as_declared, STATUS_CONFLICT, "\"b\", by its uuid", "rename one"},
	{OF(differs), &as_declared, STATUS_CONFLICT, "raw", ANEW},
	{OF(differs_and_used), &as_declared, STATUS_CONFLICT, "raw", "end what uses it and"},
	{OF(differs_and_used), &anew, STATUS_CONFLICT, "in use", "the same \"ramdax apply\""},
	{OF(differs_unsafe), &anew, STATUS_CONFLICT, "raw", SAFER},
	{OF(differs_without_room), &anew, STATUS_CONFLICT, "no room to make", "ask for less"},
	{OF(disposable_and_used), &as_declared, STATUS_CONFLICT, "in use", "the same"},
	{OF(under_the_initrd), &as_declared, STATUS_CONFLICT, "initrd", "another address"},
	{OF(other_contents), &as_declared, STATUS_CONFLICT, "no file system", ANEW},
	{OF(unfinished_and_used), &as_declared, STATUS_CONFLICT, "interrupted run", AGAIN},
	{OF(unfinished_unsafe), &as_declared, STATUS_CONFLICT, UNSAFE, SAFER},
	{OF(too_large), &as_declared, STATUS_MACHINE, "no room", "ask for less"},
	{OF(full), &as_declared, STATUS_CONFLICT, "held by \"other\"", "--prune"},
	{OF(without_slots), &as_declared, STATUS_CONFLICT, "slot", "--prune"},
	{OF(undeclared_and_used), &pruned, STATUS_CONFLICT, "not in the layout", "--prune"},
};

/* Every problem has a sentence that names a command, a tool, a place or a key; one is @expected. */
static void check_problems(const struct plan *plan, const char *name, enum status status,
			   const char *text, const char *next)
{
	bool found = false;

	for (size_t i = 0; i < plan->n_problems; i++) {
		const struct problem *p = &plan->problems[i];

		if (!CHECK(p->next && strlen(p->next) > 10 && !strchr(p->next, '\n')))
			printf("# %s: \"%s\"\n", name, p->text);
		found |= p->status == status && strstr(p->text, text) && strstr(p->next, next);
	}
	if (CHECK(found))
		return;
	printf("# %s: status %d, \"%s\", \"%s\" expected, but found\n", name, (int)status, text,
	       next);
	for (size_t i = 0; i < plan->n_problems; i++)
		printf("# %d, \"%s\"; \"%s\"\n", (int)plan->problems[i].status,
		       plan->problems[i].text, plan->problems[i].next);
}

static void of_every_hindrance_it_is_said_what_can_be_done(void)
{
	bool verdicts[VERDICT_BLOCKED + 1] = {0}, states[REGION_LOST + 1] = {0};

	for (size_t i = 0; i < ARRAY_SIZE(hindrances); i++) {
		const struct hindrance *h = &hindrances[i];
		struct plan *plan;
		struct scene s;

		hindrance_scene(&s, h->make);
		plan = plan_make(&s.layout, &s.machine, h->options);
		check_problems(plan, h->name, h->status, h->text, h->next);
		states[plan->regions[0].state] = true;
		verdicts[plan->regions[0].namespaces[0].verdict] = true;
		plan_free(plan);
		scene_release(&s);
	}
	/* all that are not as declared, and that no step will make so */
	CHECK(verdicts[VERDICT_CONFLICT] && verdicts[VERDICT_NO_ROOM] && verdicts[VERDICT_BLOCKED]);
	CHECK(states[REGION_ABSENT] && states[REGION_REFUSED] && states[REGION_DOWN] &&
	      states[REGION_LOST]);
}

/* Whatever is neither adopted nor about to be made belongs to a problem. */
static void nothing_is_kept_back_without_a_problem(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(hindrances); i++) {
		const struct hindrance *h = &hindrances[i];
		struct plan *plan;
		struct scene s;
		enum verdict v;

		hindrance_scene(&s, h->make);
		plan = plan_make(&s.layout, &s.machine, h->options);
		v = plan->regions[0].namespaces[0].verdict;
		if (v == VERDICT_CONFLICT || v == VERDICT_NO_ROOM || v == VERDICT_BLOCKED)
			CHECK_INT(plan_status(plan) != STATUS_OK, true);
		plan_free(plan);
		scene_release(&s);
	}
}

static void of_what_cannot_be_emptied_too(void)
{
	static const struct {
		const char *name;
		void (*make)(struct scene *s);
		const char *of;
		enum status status;
		const char *text, *next;
	} rows[] = {
		{OF(unnamed), "vmcash", STATUS_USAGE, "no namespace", "mean \"vmcache\""},
		{OF(unnamed), "something", STATUS_USAGE, "no namespace", "\"ramdax resolve\""},
		{OF(unnamed), "a", STATUS_FAILED, "not there", "\"ramdax status\""},
		{OF(hidden), "a", STATUS_MACHINE, "not known what is in the carveout",
		 "\"ramdax apply\""},
		{OF(twice), "a", STATUS_CONFLICT, "bear its name", "remove all but one"},
		{OF(anothers), "a", STATUS_CONFLICT, "it is \"b\"", "name that one"},
		{OF(foreign), "other", STATUS_CONFLICT, "foreign", "what it was made with"},
		{OF(damaged), "a", STATUS_CONFLICT, "checksum", "--recreate=vmcache"},
		{OF(used), "a", STATUS_CONFLICT, "in use", "\"ramdax scrub a\" again"},
		{OF(seen_unsafe), "a", STATUS_MACHINE, UNSAFE, SAFER},
		{OF(without_a_carveout), "a", STATUS_MACHINE, "unknown", "\"ramdax status\""},
		{OF(not_enabled), "a", STATUS_FAILED, "not enabled", "\"ramdax apply\""},
		{OF(never_finished), SCAFFOLD_PREFIX "0", STATUS_FAILED, "finished", "apply"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *names[] = {(char *)rows[i].of};
		const struct emptying what = {.scrub = true, .names = names, .n_names = 1};
		struct plan *plan;
		struct scene s;

		hindrance_scene(&s, rows[i].make);
		plan = plan_empty(&s.layout, &s.machine, &what);
		check_problems(plan, rows[i].name, rows[i].status, rows[i].text, rows[i].next);
		plan_free(plan);
		scene_release(&s);
	}
}

UNIT_TESTS(UNIT(of_every_hindrance_it_is_said_what_can_be_done),
	   UNIT(nothing_is_kept_back_without_a_problem), UNIT(of_what_cannot_be_emptied_too))
