// SPDX-License-Identifier: GPL-2.0-or-later
#include "takedown.h"

#include <string.h>

#include "attribute.h"
#include "carveout.h"
#include "crew.h"
#include "inuse.h"
#include "mem.h"
#include "nd.h"
#include "observe-nd.h"
#include "spent.h"
#include "watch.h"

/* They wait for grace periods more than they work. For 509, 16 take 1.4 to 1.6 s, 32 take 1.2 to
 * 1.4 s, and more no less. */
#define THREADS_MAX 32

/* Holders that are worth another thread to detach them. */
#define DETACH_SHARE 64

/* The devices of namespaces, claimed. */
struct claims {
	struct inuse *devices;
	size_t *owners; /* the number of the namespace, of each device */
	size_t n;
};

static void claims_add(struct claims *claims, const struct seen_namespace *seen, size_t owner)
{
	char *dir = nd_device_dir(seen);
	size_t n = claims->n;

	if (!dir)
		return;
	*MEM_APPEND(claims->owners, n) = owner;
	*MEM_APPEND(claims->devices, claims->n) = (struct inuse){.dir = dir, .claim = -1};
}

static void claims_release(struct claims *claims)
{
	for (size_t i = 0; i < claims->n; i++)
		inuse_release(&claims->devices[i]);
	free(claims->devices);
	free(claims->owners);
}

/* The first device that somebody uses, or NULL. */
static const struct inuse *claims_make(const struct sysfs *fs, struct claims *claims)
{
	SPENT(SPENT_LOOKING);

	inuse_claim(fs, claims->devices, claims->n);
	for (size_t i = 0; i < claims->n; i++)
		if (claims->devices[i].user)
			return &claims->devices[i];
	return NULL;
}

static int kept(struct text *why, const struct inuse *device)
{
	text_addf(why, "it is in use (%s)", device->user);
	return TAKEDOWN_KEPT;
}

int takedown_is_same(const struct sysfs *fs, const struct seen_namespace *seen, struct text *why)
{
	_cleanup_(freep) char *device = mem_printf(ND_DEVICES "/%s", seen->device);
	uuid_t uuid;
	bool has_uuid = attribute_uuid(fs, device, uuid);

	if (has_uuid == seen->has_uuid && (!has_uuid || !uuid_compare(uuid, seen->uuid)))
		return 0;
	text_addf(why, "\"%s\" is another meanwhile", seen->device);
	return TAKEDOWN_KEPT;
}

/* @fs, but what cannot be read now is noted in *@failure: it may be who uses something. */
static struct sysfs watched(const struct sysfs *fs, _Atomic int *failure)
{
	struct sysfs watched = *fs;

	watched.failure = failure;
	return watched;
}

static int unseen(struct text *why, int failure)
{
	text_addf(why, "not all that is in it can be seen now: %s", strerror(failure));
	return TAKEDOWN_KEPT;
}

/* Whether it is up, or down, through what it was. What has come up meanwhile was not claimed, and
 * what held it may hold another by now. */
static int is_up_as_seen(const struct sysfs *fs, const struct seen_namespace *seen,
			 struct text *why)
{
	_cleanup_(freep) char *device = mem_printf(ND_DEVICES "/%s", seen->device);
	_cleanup_(freep) char *holder = attribute_text(fs, device, "holder"), *driver = NULL;
	bool same =
		holder && seen->holder ? !strcmp(holder, seen->holder) : !holder == !seen->holder;

	if (same && (seen->enabled || nd_driver(fs, holder ? holder : seen->device, &driver) < 0))
		return 0;
	text_addf(why, "\"%s\" was brought up by somebody else meanwhile", seen->device);
	return TAKEDOWN_KEPT;
}

static int is_as_seen(const struct sysfs *fs, const struct seen_namespace *seen, struct text *why)
{
	int r = takedown_is_same(fs, seen, why);

	return r < 0 ? r : is_up_as_seen(fs, seen, why);
}

/* Namespaces that are taken down by several threads. */
struct falling {
	struct sysfs *fs;
	struct takedown *items;
	struct inuse **devices; /* claimed, or NULL */
};

static void concluded(struct takedown *t, int r, const char *what)
{
	/* The kernel is about to do something with it: seldom, with many at a time. */
	t->result = r == -EBUSY ? TAKEDOWN_KEPT : r;
	if (t->result < 0)
		text_addf(&t->why, "%s: %s", what, strerror(-t->result));
}

static void disable_one(void *context, size_t i)
{
	struct falling *falling = context;
	struct takedown *t = &falling->items[i];

	if (t->result < 0)
		return;
	concluded(t, nd_disable(falling->fs, t->seen->device, t->seen->holder), "unbind");
	/* It is gone, and giving up the claim takes as long as making it. */
	if (t->result == 0 && falling->devices[i])
		inuse_unclaim(falling->devices[i]);
}

static void detach_one(void *context, size_t i)
{
	struct falling *falling = context;
	struct takedown *t = &falling->items[i];

	if (t->result == 0 && t->seen->holder)
		concluded(t, nd_detach(falling->fs, t->seen->holder), "detaching what claims it");
}

/* On a captured machine one after the other, so that what is written has an order. */
static void disable_all(struct sysfs *fs, struct takedown *items, size_t n,
			const struct claims *claims)
{
	WATCH("taking down namespaces", NULL);
	_cleanup_(freep) struct inuse **devices = mem_calloc(n, sizeof(*devices));
	struct falling falling = {.fs = fs, .items = items, .devices = devices};

	for (size_t i = 0; i < claims->n; i++)
		devices[claims->owners[i]] = &claims->devices[i];
	crew_run(fs->live ? THREADS_MAX : 1, n, disable_one, &falling);
}

/* Waits for the bus, which all are at while they are taken from their drivers: so it comes after
 * that. */
static void detach_all(struct sysfs *fs, struct takedown *items, size_t n)
{
	struct falling falling = {.fs = fs, .items = items};

	crew_run(fs->live ? crew_size(n / DETACH_SHARE) : 1, n, detach_one, &falling);
}

void takedown_namespaces(struct sysfs *fs, struct takedown *items, size_t n)
{
	_cleanup_(claims_release) struct claims claims = {0};

	for (size_t i = 0; i < n; i++)
		claims_add(&claims, items[i].seen, i);
	claims_make(fs, &claims);
	for (size_t i = 0; i < claims.n; i++) {
		struct takedown *t = &items[claims.owners[i]];

		if (claims.devices[i].user)
			t->result = kept(&t->why, &claims.devices[i]);
	}
	for (size_t i = 0; i < n; i++)
		if (items[i].result == 0)
			items[i].result = is_as_seen(fs, items[i].seen, &items[i].why);
	SPENT(SPENT_UNBIND);
	disable_all(fs, items, n, &claims);
	detach_all(fs, items, n);
}

int takedown_namespace(struct sysfs *fs, const struct seen_namespace *seen, struct text *why)
{
	struct takedown t = {.seen = seen};

	takedown_namespaces(fs, &t, 1);
	text_add(why, text_str(&t.why));
	text_release(&t.why);
	return t.result;
}

int takedown_is_free(struct sysfs *fs, const struct seen_namespace *seen, struct text *why)
{
	_cleanup_(claims_release) struct claims claims = {0};
	const struct inuse *used;

	claims_add(&claims, seen, 0);
	used = claims_make(fs, &claims);
	return used ? kept(why, used) : is_as_seen(fs, seen, why);
}

static bool was_there(const struct seen_region *region, const struct seen_namespace *now)
{
	if (namespace_is_scaffold(now))
		return true;
	for (size_t i = 0; i < region->n_namespaces; i++) {
		const struct seen_namespace *then = &region->namespaces[i];

		if (then->start == now->start && then->raw == now->raw &&
		    !uuid_compare(then->uuid, now->uuid))
			return true;
	}
	return false;
}

/* All of @now, the namespaces of @region as they are. */
static int take_all_of(struct sysfs *fs, const struct seen_region *region,
		       const struct seen_region *now, struct text *why)
{
	_cleanup_(freep) struct takedown *items = mem_calloc(now->n_namespaces + 1, sizeof(*items));
	_cleanup_(claims_release) struct claims claims = {0};
	_cleanup_(freep) char *driver = NULL;
	const struct inuse *used;
	int r = 0;

	for (size_t i = 0; i < now->n_namespaces; i++) {
		items[i].seen = &now->namespaces[i];
		claims_add(&claims, items[i].seen, i);
		if (was_there(region, items[i].seen))
			continue;
		text_addf(why, "namespace \"%s\" has come into it meanwhile",
			  *items[i].seen->name ? items[i].seen->name : items[i].seen->device);
		return TAKEDOWN_KEPT;
	}
	used = claims_make(fs, &claims);
	if (used)
		return kept(why, used);
	if (nd_driver(fs, region->name, &driver) < 0)
		return 0;
	SPENT(SPENT_UNBIND);
	/* Those that fail alone go with their region; and so does what claims them, unless it
	 * stays.
	 */
	if (fs->live)
		disable_all(fs, items, now->n_namespaces, &claims);
	r = nd_unbind(fs, driver, region->name);
	if (fs->live && r < 0)
		detach_all(fs, items, now->n_namespaces);
	for (size_t i = 0; i < now->n_namespaces; i++)
		text_release(&items[i].why);
	if (r < 0)
		text_addf(why, "releasing the region: %s", strerror(-r));
	return r;
}

int takedown_is_same_region(const struct sysfs *fs, const struct seen_region *region,
			    struct text *why)
{
	_cleanup_(freep) char *path = mem_printf(ND_DEVICES "/%s", region->name);
	_cleanup_(freep) char *mapping = attribute_text(fs, path, "mapping0");
	size_t n = region->dimm ? strlen(region->dimm) : 0;

	if (attribute_number(fs, path, "resource") == region->range.start && mapping && n &&
	    !strncmp(mapping, region->dimm, n) && mapping[n] == ',')
		return 0;
	text_addf(why, "\"%s\" is another region meanwhile", region->name);
	return TAKEDOWN_KEPT;
}

/* What is in @region now. 0, or TAKEDOWN_KEPT where not all of it can be seen. */
static int look_again(struct sysfs *fs, const struct seen_region *region, struct seen_region *now,
		      struct text *why)
{
	SPENT(SPENT_LOOKING);
	_Atomic int failure = 0;
	struct sysfs looking = watched(fs, &failure);

	nd_namespaces_observe(&looking, region, now);
	return failure ? unseen(why, failure) : 0;
}

int takedown_region(struct sysfs *fs, const struct seen_region *region, struct text *why)
{
	WATCH("taking down region", region->name);
	int r = takedown_is_same_region(fs, region, why);
	struct seen_region now;

	if (r < 0)
		return r;
	r = look_again(fs, region, &now, why);
	if (r == 0)
		r = take_all_of(fs, region, &now, why);
	seen_region_release(&now);
	return r;
}

int takedown_device(struct sysfs *fs, const struct seen_device *device, struct text *why)
{
	WATCH("releasing device", device->name);
	_cleanup_(claims_release) struct claims claims = {0};
	struct nd_regions ours = {0}, others = {0};
	_Atomic int failure = 0;
	struct sysfs looking = watched(fs, &failure);
	const struct known known = {0};
	const struct inuse *used;
	int r;

	nd_regions_observe(&looking, &known, device->name, &ours, &others);
	for (size_t i = 0; i < others.n; i++)
		for (size_t j = 0; j < others.items[i].n_namespaces; j++)
			claims_add(&claims, &others.items[i].namespaces[j], i);
	used = claims_make(fs, &claims);
	if (used)
		r = kept(why, used);
	else if (failure)
		r = unseen(why, failure);
	else
		r = sysfs_write(fs, device->name, "sys/bus/platform/drivers/%s/unbind",
				device->driver);
	nd_regions_release(&ours);
	nd_regions_release(&others);
	return r;
}
