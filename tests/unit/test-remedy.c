// SPDX-License-Identifier: GPL-2.0-or-later
/* What is to be done about a step that was not done. */
#include "format.h"
#include "remedy.h"
#include "scene.h"
#include "step.h"
#include "takedown.h"
#include "unit.h"

static struct layout_region region = {.name = (char *)"vmcache", .line = 3};
static struct layout_namespace ns = {.name = (char *)"a", .line = 5, .fs.type = FS_XFS};
static struct seen_namespace seen = {.name = (char *)"a", .device = (char *)"namespace0.1"};
static struct seen_device device = {.name = (char *)"e820_pmem"};
static struct plan_region planned = {.region = &region};

/* As plans make them: of devices, of regions as a whole, of namespaces. */
static struct step step_of(enum step_kind kind)
{
	struct step step = {.kind = kind, .device = &device};

	switch (kind) {
	case STEP_OVERRIDE:
	case STEP_RELEASE:
	case STEP_BIND:
		break;
	case STEP_START:
	case STEP_RESET:
	case STEP_DROP:
	case STEP_LOOK:
	case STEP_REPAIR:
		step.region = &region;
		step.planned = &planned;
		break;
	case STEP_CLEAR:
	case STEP_DESTROY:
		step.region = &region;
		step.seen = &seen;
		break;
	case STEP_ENABLE:
	case STEP_CREATE:
	case STEP_FORMAT:
	case STEP_WIPE:
	case STEP_SCRUB:
		step.region = &region;
		step.ns = &ns;
		step.seen = kind == STEP_CREATE ? NULL : &seen;
		break;
	}
	return step;
}

static char *remedy(const struct step *step, int result, bool initramfs)
{
	const struct failure failure = {
		.step = step, .result = result, .why = "why", .initramfs = initramfs};
	struct text out = {0};

	remedy_add(&failure, &out);
	return text_take(&out);
}

/* Whatever went wrong with whatever, here and at boot: a line that names a command or a key. */
static void there_is_a_remedy_for_every_kind_of_step(void)
{
	static const int results[] = {0,          TAKEDOWN_KEPT, FORMAT_MISSING, FORMAT_FAILED,
				      -ETIMEDOUT, -ECANCELED,    -ENOENT,        -EBUSY,
				      -EIO,       -ENXIO,        -ENOTBLK,       -EINVAL};

	for (size_t k = 0; k < STEP_KINDS; k++)
		for (size_t i = 0; i < 2 * ARRAY_SIZE(results); i++) {
			struct step step = step_of((enum step_kind)k);
			_cleanup_(freep) char *found = remedy(&step, results[i / 2], i % 2);

			CHECK(*found && !strchr(found, '\n'));
			if (!CHECK(strstr(found, "ramdax ") || strstr(found, "initramfs")))
				printf("# %s: \"%s\"\n", step_name(step.kind), found);
		}
}

#define CHECK_REMEDY(kind, result, initramfs, expected)                          \
	do {                                                                     \
		struct step step = step_of(kind);                                \
		_cleanup_(freep) char *found = remedy(&step, result, initramfs); \
		CHECK_STR(found, expected);                                      \
	} while (0)

static void what_is_missing_is_named_with_where_it_comes_from(void)
{
	CHECK_REMEDY(STEP_CREATE, FORMAT_MISSING, false,
		     "install it (package xfsprogs), then run \"ramdax apply\" again");
	CHECK_REMEDY(STEP_FORMAT, FORMAT_MISSING, true,
		     "install it (package xfsprogs), then make the initramfs again");
	CHECK_REMEDY(STEP_BIND, -ENOENT, false,
		     "see what \"modprobe ramdax\" says, then run \"ramdax apply\" again");
	CHECK_REMEDY(STEP_BIND, -ENODEV, false,
		     "see what \"dmesg\" says of it, then run \"ramdax apply\" again");
	for (int type = FS_NONE + 1; type <= FS_VFAT; type++) {
		_cleanup_(freep) char *found = NULL;
		struct step step = step_of(STEP_CREATE);

		ns.fs.type = (enum fs_type)type;
		found = remedy(&step, FORMAT_MISSING, false);
		CHECK(!strstr(found, "(null)"));
	}
	ns.fs.type = FS_XFS;
}

static void options_are_blamed_only_where_there_are_some(void)
{
	CHECK_REMEDY(STEP_CREATE, FORMAT_FAILED, false,
		     "see what \"dmesg\" says of it, then run \"ramdax apply\" again");
	ns.fs.n_options = 1;
	CHECK_REMEDY(STEP_CREATE, FORMAT_FAILED, false,
		     "if it does not like its options, correct them in the layout; see what "
		     "\"dmesg\" says of it, then run \"ramdax apply\" again");
	ns.fs.n_options = 0;
}

/* What was kept has its name; what was begun to be emptied is a scaffold. */
static void what_is_to_be_emptied_is_found_again(void)
{
	struct step zero = step_of(STEP_WIPE), undeclared = step_of(STEP_SCRUB);
	_cleanup_(freep) char *used = NULL, *begun = NULL, *left = NULL;

	zero.zero = true;
	undeclared.ns = NULL;
	used = remedy(&zero, TAKEDOWN_KEPT, false);
	begun = remedy(&zero, -ENXIO, false);
	left = remedy(&undeclared, -ENXIO, false);
	CHECK_STR(used, "once nobody uses it, run \"ramdax wipe --zero a\" again");
	CHECK_STR(begun, "see what \"dmesg\" says of it, then run \"ramdax apply\", then \"ramdax "
			 "wipe --zero a\" again");
	CHECK_STR(left, "see what \"dmesg\" says of it, then run \"ramdax apply\", which removes "
			"what is left of it");
}

/* One line, said once: what, why, where in the layout, and what next. */
static void it_ends_the_sentence(void)
{
	struct step step = step_of(STEP_CREATE);
	const struct failure failure = {
		.step = &step, .result = -EIO, .why = "zeroing at physical address 0x1000: bad"};
	const struct diag_message *messages;
	struct scene s;

	scene_make(&s, GIB, 0);
	diag_set_level(DIAG_ERROR);
	step_say_failed(&s.layout, &failure);
	if (CHECK_INT(diag_messages(&messages), 1))
		CHECK_STR(messages[0].text,
			  "cannot create namespace \"a\": zeroing at physical address 0x1000: bad "
			  "(layout.toml:5); see what \"dmesg\" says of the memory; replace it, or "
			  "give region \"vmcache\" another address in the layout, run \"ramdax "
			  "update-bootloader\" and reboot");
	scene_release(&s);
}

UNIT_TESTS(UNIT(there_is_a_remedy_for_every_kind_of_step),
	   UNIT(what_is_missing_is_named_with_where_it_comes_from),
	   UNIT(options_are_blamed_only_where_there_are_some),
	   UNIT(what_is_to_be_emptied_is_found_again), UNIT(it_ends_the_sentence))
