// SPDX-License-Identifier: GPL-2.0-or-later
#include "remedy.h"

#include "format.h"
#include "takedown.h"

static void add_emptying(const struct step *step, struct text *out)
{
	text_addf(out, "\"ramdax %s%s %s\" again", step_name(step->kind),
		  step->kind == STEP_WIPE && step->zero ? " --zero" : "",
		  step->ns ? step->ns->name : step->seen->name);
}

/* What was begun to be emptied has lost its name: only after an apply it bears that again. */
static void add_emptying_anew(const struct step *step, struct text *out)
{
	text_add(out, "run \"ramdax apply\"");
	if (step->ns) {
		text_add(out, ", then ");
		add_emptying(step, out);
	} else {
		text_add(out, ", which removes what is left of it");
	}
}

/* The command that does once more what was begun. */
static void add_again(const struct step *step, struct text *out)
{
	switch (step->kind) {
	case STEP_WIPE:
	case STEP_SCRUB:
		add_emptying_anew(step, out);
		break;
	case STEP_REPAIR:
		text_add(out, "run \"ramdax apply --repair-labels\" again");
		break;
	case STEP_RESET: /* perhaps because of an option */
	case STEP_DROP:
	case STEP_DESTROY:
		text_add(out, "run the same \"ramdax apply\" again");
		break;
	case STEP_OVERRIDE:
	case STEP_RELEASE:
	case STEP_BIND:
	case STEP_START:
	case STEP_LOOK:
	case STEP_CLEAR:
	case STEP_ENABLE:
	case STEP_CREATE:
	case STEP_FORMAT:
		text_add(out, "run \"ramdax apply\" again");
		break;
	}
}

static void ask_kernel(const struct failure *f, struct text *out)
{
	text_add(out, "see what \"dmesg\" says of it, then ");
	add_again(f->step, out);
}

static void find_driver(const struct failure *f, struct text *out)
{
	if (f->result != -ENOENT) {
		ask_kernel(f, out);
	} else if (f->initramfs) {
		text_add(out, "see what \"modprobe ramdax\" says in the system, then make the "
			      "initramfs again");
	} else {
		text_add(out, "see what \"modprobe ramdax\" says, then ");
		add_again(f->step, out);
	}
}

/* What is to be placed elsewhere is the carveout: within it the kernel decides. */
static void mend_memory(const struct failure *f, struct text *out)
{
	const struct layout_region *region = f->step->region;

	text_add(out, "see what \"dmesg\" says of the memory; replace it, or ");
	if (region)
		text_addf(out,
			  "give region \"%s\" another address in the layout, run \"ramdax "
			  "update-bootloader\" and reboot",
			  region->name);
	else
		text_add(out, "use the namespace no longer");
}

/* Such a region is kept as it is until somebody says what is in it. */
static void decide(const struct failure *f, struct text *out)
{
	ask_kernel(f, out);
	text_addf(out, "; \"ramdax apply --recreate=%s\" makes all of it anew, empty",
		  f->step->region->name);
}

/* The package has this name in most distributions. */
static const char *package_of(enum fs_type type)
{
	static const char *const packages[] = {
		[FS_NONE] = NULL,        [FS_EXT4] = "e2fsprogs",    [FS_XFS] = "xfsprogs",
		[FS_EXT2] = "e2fsprogs", [FS_BTRFS] = "btrfs-progs", [FS_VFAT] = "dosfstools",
	};

	return packages[type];
}

static void install_mkfs(const struct failure *f, struct text *out)
{
	text_addf(out, "install it (package %s), then ", package_of(f->step->ns->fs.type));
	if (f->initramfs)
		text_add(out, "make the initramfs again");
	else
		add_again(f->step, out);
}

static void mend_options(const struct failure *f, struct text *out)
{
	if (f->step->ns->fs.n_options)
		text_add(out, "if it does not like its options, correct them in the layout; ");
	ask_kernel(f, out);
}

static void make(const struct failure *f, struct text *out)
{
	switch (f->result) {
	case FORMAT_MISSING:
		install_mkfs(f, out);
		break;
	case FORMAT_FAILED:
		mend_options(f, out);
		break;
	case -ENOTBLK:
		text_add(out, "see what \"modprobe loop\" says, then ");
		add_again(f->step, out);
		break;
	case -EBUSY:
		text_add(out, "once nobody has it, or after a reboot, ");
		add_again(f->step, out);
		break;
	case -EIO:
		mend_memory(f, out);
		break;
	default:
		ask_kernel(f, out);
		break;
	}
}

static void destroy(const struct failure *f, struct text *out)
{
	if (f->result == FORMAT_MISSING && f->step->ns)
		install_mkfs(f, out);
	else
		ask_kernel(f, out);
}

static void empty(const struct failure *f, struct text *out)
{
	if (f->result == -EIO)
		mend_memory(f, out);
	else
		ask_kernel(f, out);
}

static void (*const remedies[STEP_KINDS])(const struct failure *f, struct text *out) = {
	[STEP_OVERRIDE] = ask_kernel, [STEP_RELEASE] = ask_kernel, [STEP_BIND] = find_driver,
	[STEP_START] = ask_kernel,    [STEP_RESET] = ask_kernel,   [STEP_DROP] = ask_kernel,
	[STEP_LOOK] = decide,         [STEP_REPAIR] = decide,      [STEP_CLEAR] = ask_kernel,
	[STEP_DESTROY] = destroy,     [STEP_ENABLE] = ask_kernel,  [STEP_CREATE] = make,
	[STEP_FORMAT] = make,         [STEP_WIPE] = empty,         [STEP_SCRUB] = empty,
};

void remedy_add(const struct failure *f, struct text *out)
{
	switch (f->result) {
	case TAKEDOWN_KEPT:
		text_add(out, "once nobody uses it, ");
		if (f->step->kind == STEP_WIPE || f->step->kind == STEP_SCRUB) {
			text_add(out, "run ");
			add_emptying(f->step, out);
		} else {
			add_again(f->step, out);
		}
		break;
	case -ETIMEDOUT: /* only a boot has a limit */
	case -ECANCELED:
		text_add(out, "\"ramdax apply\" does it now; for the next boot, give it a greater "
			      "boot_timeout in the layout");
		break;
	default:
		remedies[f->step->kind](f, out);
		break;
	}
}
