/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine as it was seen: memory, carveouts, regions, namespaces, file systems. A value;
 * nothing here judges. Filled by observe(), or by a test.
 */
#ifndef RAMDAX_MACHINE_H
#define RAMDAX_MACHINE_H

#include "layout.h"
#include "units.h"

/* The label area at the end of every carveout (drivers/nvdimm/ramdax.c, LABEL_AREA_SIZE). */
#define LABEL_AREA_SIZE (128 * KIB)
/* alt_name of a namespace that is still being made starts with this; nobody's data is in it. */
#define SCAFFOLD_PREFIX ".ramdax-"
/* The one through which a region without labels is looked at: nothing was written into it, unless
 * it is marked as one through which the region was then filled (cover.h). */
#define LOOK_SCAFFOLD SCAFFOLD_PREFIX "look"
/* The one through which a region is filled, or emptied, at once. */
#define REGION_SCAFFOLD SCAFFOLD_PREFIX "region"

enum driver_state {
	DRIVER_MISSING, /* this kernel has none */
	DRIVER_MODULE,  /* there is a module, not loaded */
	DRIVER_READY,   /* loaded or built in */
};

enum boot_kind {
	BOOT_UNKNOWN,
	BOOT_COLD,
	BOOT_FIRMWARE, /* through the firmware, memory may or may not have been kept */
	BOOT_KEXEC,
};

/* A platform device that carries carveouts: e820_pmem on x86, a pmem-region node elsewhere. */
struct seen_device {
	char *name;      /* below sys/bus/platform/devices */
	char *driver;    /* bound to it, or NULL */
	char *override;  /* driver_override, or NULL */
	bool devicetree; /* a node of the device tree, not the e820 table's */
	bool absent;     /* its carveouts are in the memory map, but the kernel made no device */
	/* While another driver (e820_pmem, of_pmem) holds it, what stands against taking it over:
	 */
	char *user;           /* who uses a block or dax device of it, or NULL */
	char *signature;      /* what is on it: a file system's type, "fsdax", ...; or NULL */
	bool signature_known; /* all of it could be looked at */
};

/* Memory of one NUMA node, as the firmware's SRAT has it. */
struct seen_node_range {
	struct range range;
	int node;     /* the kernel's number */
	bool hotplug; /* may be plugged and unplugged while the machine runs */
};

/* A range of memory taken from the system for pmem. */
struct seen_carveout {
	struct range range; /* physical; the label area is its end */
	size_t device;      /* index into devices */
	int node;           /* NUMA node, -1 if unknown */
	/* Inside "reserved" memory of the kernel's map (device tree: no-map): it has a linear map
	 * and sections already, and page maps for fsdax and devdax end in an oops. */
	bool nomap;
};

struct seen_filesystem {
	enum {
		SEEN_NOT_LOOKED, /* no device to look at */
		SEEN_NONE,       /* nothing that libblkid knows */
		SEEN_COMPLETE,
		SEEN_INCOMPLETE, /* mkfs was interrupted */
		SEEN_DAMAGED, /* a signature, but what belongs to it is unreadable or ambivalent */
	} state;
	char *type; /* libblkid's TYPE, or NULL */
	char *uuid; /* as libblkid writes it, or NULL */
	char *label;
};

struct seen_namespace {
	char *device; /* "namespace0.1": changes with every enumeration */
	/* What is wrong with its label, so that the kernel made no namespace of it; or NULL. Then
	 * @device is its slot, "label slot 3", and nothing but what is below up to @raw is known.
	 */
	char *fault;
	char *name; /* alt_name, "" if none */
	uuid_t uuid;
	bool has_uuid;
	uint64_t start; /* physical */
	uint64_t raw;   /* bytes taken from the region */
	enum ns_mode mode;
	bool enabled;         /* its device exists */
	bool claimed;         /* a holder (pfn, dax, btt) is attached, enabled or not */
	char *holder;         /* "pfn0.1", "dax0.2", "btt0.0", or NULL */
	uuid_t holder_uuid;   /* of a BTT */
	uint64_t align;       /* fsdax, devdax */
	enum ns_map map;      /* fsdax, devdax */
	uint32_t sector_size; /* sector: of the BTT */
	uint64_t capacity;    /* of the device, 0 unless enabled */
	char *block;          /* "pmem0.1s", or NULL */
	char *chardev;        /* "dax0.1", or NULL */
	char *user; /* who holds it ("mounted on /srv", "swap", "dm-0", "open by process 12"), or
		       NULL */
	char *mount_point; /* where it is mounted, or NULL */
	bool dax;          /* mounted, and with DAX active (dax=always or inode) */
	bool dax_ready;    /* devdax: its driver is up too, so that the device can be opened */
	char *dax_taker;   /* devdax: the driver that has it instead ("kmem"), or NULL */
	struct seen_filesystem fs;
	bool passed_over; /* fs and users were not looked at: see observe_chosen() */
};

/* What the label area of a region says. */
enum label_state {
	LABELS_UNKNOWN, /* it could not be read */
	LABELS_VALID,   /* there is an index, which says what labels count */
	LABELS_NONE,    /* there is no index: to the kernel the region is empty */
	LABELS_LOST,    /* no index, but labels, or the mark of a look that found something */
	LABELS_OLD,     /* an index of version 1.1, whose labels have 128 bytes: not ours */
};

struct seen_region {
	char *name;         /* "region0" */
	char *device;       /* platform device it belongs to, its name */
	struct range range; /* physical, whole carveout */
	uint64_t usable;    /* bytes for namespaces, from the start: mapping0's size */
	int node;
	bool enabled;   /* the region driver is up: labels were accepted */
	bool startable; /* it is not, and its labels are no reason for that */
	uint64_t align; /* of allocations now */
	char *dimm;     /* "nmem0" */
	enum label_state labels;
	unsigned slots_free;               /* label slots that may still be taken */
	struct seen_namespace *namespaces; /* those with a size; by start */
	size_t n_namespaces;
	/* What labels name of which the kernel makes nothing, because the region is not up or the
	 * index is lost: name and UUID are all that is known of each, and it may be long gone. */
	struct seen_namespace *traces;
	size_t n_traces;
	bool seed_stuck; /* the seed holds a uuid or a claim that nobody finished */
	char *seed;      /* "namespace0.3", or NULL */
	char *seed_name; /* its alt_name if it is stuck, or NULL */
};

struct machine {
	bool live;        /* the running machine, not a captured one */
	bool unread;      /* things look absent because nothing more could be read */
	char *release;    /* of the kernel, or NULL */
	char *cmdline;    /* of the kernel, "" if unknown */
	char boot_id[37]; /* "" if unknown */
	bool initramfs;   /* the root is that of an image of the initramfs */
	enum boot_kind boot_kind;
	enum driver_state driver;
	char *guest; /* "Xen PV", "TDX", "SEV-SNP": carveouts are not to be trusted; or NULL */

	/* Each sorted, adjacent entries joined. */
	struct range *firmware_ram; /* System RAM in sys/firmware/memmap */
	size_t n_firmware_ram;
	bool has_firmware_map;
	struct range *e820_ram; /* RAM in the boot loader's e820 table (boot_params) */
	size_t n_e820_ram;
	bool has_e820;
	struct range *system_ram; /* System RAM in proc/iomem: in use by the kernel */
	size_t n_system_ram;
	bool has_iomem;      /* with addresses: they are zero for others than root */
	struct range initrd; /* where the boot loader put it; size 0 if unknown */
	struct seen_node_range *node_ranges; /* by start; empty: nothing is known */
	size_t n_node_ranges;

	struct seen_device *devices;
	size_t n_devices;
	struct seen_carveout *carveouts; /* by start */
	size_t n_carveouts;
	struct seen_region *regions; /* by start, only those of RAMDAX */
	size_t n_regions;
};

void machine_free(struct machine *m);

/* Frees what @region holds, not @region itself. */
void seen_region_release(struct seen_region *region);

/* Has it be as one that is up, and whose labels say that it is empty. */
void seen_region_empty(struct seen_region *region);

/* The region that was made of the carveout @c (same range), or NULL. */
const struct seen_region *machine_region_of(const struct machine *m, const struct seen_carveout *c);

/* The NUMA node that holds the first byte of @r, from the memory layout; -1 if unknown. */
int machine_node_of(const struct machine *m, struct range r);

/* Sorts ranges by start and joins those that touch or overlap; returns the new count. */
size_t ranges_join(struct range *ranges, size_t n);

/* Whether @r lies wholly inside one of the @n sorted, joined ranges. */
bool ranges_hold(const struct range *ranges, size_t n, struct range r);

const char *boot_kind_name(enum boot_kind kind); /* "unknown", "cold", "firmware", "kexec" */

#endif
