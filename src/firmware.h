/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the firmware and the boot loader said about memory, and what the kernel made of it.
 *
 * Three maps: /sys/firmware/memmap (the firmware's, before any memmap= word; also gains what is
 * hot-added; optional in the kernel's configuration), the e820 table of the boot parameters (what
 * the boot loader handed over, x86 only) and /proc/iomem (what the kernel uses).
 */
#ifndef RAMDAX_FIRMWARE_H
#define RAMDAX_FIRMWARE_H

#include "machine.h"
#include "sysfs.h"

/* What a namespace has claimed of the memory that it is in: the beginning of it is its own. */
struct iomem_claim {
	char *name; /* the kernel's: "namespace0.1" */
	uint64_t start;
};

/* Ranges of /proc/iomem that matter here, in the file's order; but for claims top-level entries
 * only. */
struct iomem {
	struct range *system_ram;
	size_t n_system_ram;
	struct range *pmem; /* "Persistent Memory (legacy)": x86's carveouts, never joined */
	size_t n_pmem;
	struct range *reserved; /* "reserved" and "Reserved" */
	size_t n_reserved;
	struct iomem_claim *claims; /* of namespaces that are up (drivers/nvdimm/pmem.c) */
	size_t n_claims;
	bool known; /* addresses are shown: the kernel writes zeros for all but root */
};

/* Reads the text of /proc/iomem. Lines that are no entries are skipped. */
void iomem_parse(const char *text, struct iomem *iomem);
void iomem_observe(const struct sysfs *fs, struct iomem *iomem);
void iomem_release(struct iomem *iomem);

/* Fills firmware_ram, e820_ram, system_ram, initrd and their has_ fields; the RAM of @iomem is
 * taken over. */
void firmware_observe(const struct sysfs *fs, struct iomem *iomem, struct machine *m);

/* struct boot_params (arch/x86/include/uapi/asm/bootparam.h), the "zero page". */
#define ZERO_PAGE_SIZE 4096

/*
 * Appends the RAM entries of the e820 table in the zero page @page of @size bytes to *@ram, and
 * sets *@initrd to where the boot loader put the initial RAM disk (size 0 if it loaded none).
 * False, and nothing done, if the page is too short or its table longer than there is room for.
 */
bool zero_page_parse(const void *page, size_t size, struct range **ram, size_t *n_ram,
		     struct range *initrd);

/* Appends the RAM among the e820 entries (20 bytes each) in the @size bytes at @entries. */
void e820_parse(const void *entries, size_t size, struct range **ram, size_t *n_ram);

#endif
