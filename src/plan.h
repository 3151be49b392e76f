/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is to be done so that the machine is as the layout says, and what cannot or must not be
 * done. Pure: layout and machine in, a value out; what is not in the plan is never done.
 */
#ifndef RAMDAX_PLAN_H
#define RAMDAX_PLAN_H

#include "capacity.h"
#include "layout.h"
#include "machine.h"

/* Exit statuses of the program, and what problems of a plan amount to. */
enum status {
	STATUS_OK = 0,
	STATUS_FAILED = 1, /* the kernel or a program refused something */
	STATUS_USAGE = 2,
	STATUS_LAYOUT = 3,   /* the layout is invalid */
	STATUS_MACHINE = 4,  /* this machine cannot carry the layout safely */
	STATUS_CONFLICT = 5, /* something exists that differs and was kept */
	STATUS_TO_DO = 6,    /* plan --check: there is something to do */
};

/* The one that counts when several apply: 2, 3, 4, 1, 5, 6, 0 in this order. */
enum status status_worse(enum status a, enum status b);

enum step_kind {
	STEP_OVERRIDE, /* driver_override of a device: keeps other drivers off, whatever follows */
	STEP_RELEASE,  /* unbind a device from another driver, which nobody uses */
	STEP_BIND,     /* load the drivers, bind the device to RAMDAX */
	STEP_START,    /* bring up a region whose labels are in order, with what they say */
	STEP_RESET,    /* empty the label area of a region whose labels are refused or lost */
	STEP_DROP,     /* free the slots of damaged labels, which only the whole region can */
	STEP_LOOK,     /* look whether a region without labels is empty, or has only lost them */
	STEP_REPAIR,   /* make lost labels anew, around the data */
	STEP_CLEAR,    /* remove a scaffold: a namespace of ours that was never finished */
	STEP_DESTROY,  /* remove a namespace that differs, is not declared, or is disposable */
	STEP_ENABLE,   /* bind an existing namespace to its driver */
	STEP_CREATE,   /* make a namespace, and its file system */
	STEP_FORMAT,   /* make the file system that is still to be made */
	STEP_WIPE,     /* remove a namespace with what makes its contents recognisable */
	STEP_SCRUB,    /* zero the contents of a namespace */
};
#define STEP_KINDS (STEP_SCRUB + 1)

/* Pointers are into layout and machine, which must outlive the plan; NULL where they do not apply.
 */
struct step {
	enum step_kind kind;
	bool conditional; /* what follows if the RAM is empty, once that can be known */
	const struct layout_region *region;
	const struct layout_namespace *ns;
	const struct seen_device *device;
	const struct seen_region *seen_region;
	const struct seen_namespace *seen;
	const struct plan_region *planned; /* of what concerns a region as a whole: in the plan */
	struct range where;                /* STEP_CREATE: physical */
	struct parts parts;
	bool format;  /* STEP_CREATE: with its file system */
	bool zero;    /* STEP_WIPE: all of the contents */
	bool marked;  /* STEP_LOOK: only what is marked as being filled is empty */
	bool expired; /* STEP_DESTROY: contents that must go, whatever comes of the rest */
	const unsigned char *seed; /* STEP_CREATE: the layout's, for the info block */
	char *reason;
};

enum verdict {
	VERDICT_ADOPTED,    /* there, and as declared */
	VERDICT_UNFINISHED, /* there, and a step will finish it */
	VERDICT_ABSENT,     /* a step will create it */
	VERDICT_CONFLICT,   /* something that differs is kept */
	VERDICT_NO_ROOM,
	VERDICT_BLOCKED, /* its region cannot be used */
};

struct plan_namespace {
	const struct layout_namespace *ns;
	const struct seen_namespace *seen; /* or NULL */
	enum verdict verdict;
	struct range where; /* physical; size 0 if it has no place */
	struct parts parts;
	bool scrubbed; /* there is no file system because it was scrubbed */
	char *reason;  /* why not adopted; NULL if it is */
};

enum region_state {
	REGION_ABSENT,  /* no carveout is its own */
	REGION_REFUSED, /* its device must not be bound or written */
	REGION_UNBOUND, /* a step will bind it */
	REGION_READY,
	REGION_DOWN, /* bound, but the kernel refuses its labels */
	REGION_LOST, /* bound, but labels of it are lost or damaged, and something is in it */
};

struct plan_region {
	const struct layout_region *region;
	const struct seen_carveout *carveout; /* or NULL */
	const struct seen_region *seen;       /* or NULL */
	enum region_state state;
	bool unproven; /* READY, but a step must tell first whether it is empty */
	char *reason;  /* of ABSENT, REFUSED, DOWN, LOST */
	struct plan_namespace *namespaces; /* as many as the layout's */
};

struct problem {
	enum status status; /* MACHINE, CONFLICT, FAILED or USAGE */
	unsigned line;      /* of the layout; 0 if none asked for it */
	char *text;
	char *next;    /* what somebody can do about it, for people */
	bool required; /* what it concerns is required */
};

struct plan {
	const struct layout *layout;
	const struct machine *machine;
	struct step *steps;
	size_t n_steps;
	struct plan_region *regions; /* as many as the layout's */
	struct problem *problems;
	size_t n_problems;
};

struct plan_options {
	bool no_format; /* make and expect no file systems */
	bool recreate;  /* what differs is destroyed and made anew, unless it is in use */
	const char *recreate_name; /* only the namespace or region with this name; NULL: all */
	bool repair_labels;        /* lost labels are made anew */
	bool prune; /* what the layout does not name is removed from its regions, unless in use */
	/* Whether a namespace was already there or made earlier in this boot, so that "survives"
	 * has been answered; NULL: none was. Asked of a region without labels, too: as of
	 * one that takes all of it, without a name and uuid, or with those of what it declares. */
	bool (*settled)(void *context, const struct seen_namespace *seen);
	void *settled_context;
	/* Whether a namespace was scrubbed in this boot and is empty still, so that its file system
	 * is to be made; NULL: none is. Asked of those without a file system. */
	bool (*scrubbed)(void *context, const struct seen_namespace *seen);
	void *scrubbed_context;
};

struct plan *plan_make(const struct layout *layout, const struct machine *machine,
		       const struct plan_options *options);
void plan_free(struct plan *plan);

/* The steps that may be done as they stand: not conditional. */
size_t plan_n_executable(const struct plan *plan);

/* The worst status of the plan's problems. */
enum status plan_status(const struct plan *plan);

/* "create", "bind" and so on. */
const char *step_name(enum step_kind kind);
const char *verdict_name(enum verdict verdict);
const char *region_state_name(enum region_state state);

#endif
