/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The firmware's tables as evidence: whether they can be believed at all, and a fingerprint that
 * tells this machine from another. Observation takes from damaged tables what it can; who decides
 * where memory is given away must know that they were damaged.
 */
#ifndef RAMDAX_EVIDENCE_H
#define RAMDAX_EVIDENCE_H

#include "machine.h"
#include "sha256.h"
#include "sysfs.h"

/*
 * What is wrong with the firmware's memory map or the SRAT below @fs, of which @m was seen; part of
 * a sentence which the caller frees. NULL if nothing is.
 */
char *evidence_fault(const struct sysfs *fs, const struct machine *m);

/* SHA-256 of the machine's RAM, as the firmware has it, and its SMBIOS UUID. */
void evidence_fingerprint(const struct sysfs *fs, const struct machine *m,
			  char hex[SHA256_HEX_SIZE]);

#endif
