/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The JSON documents, version 1. Keys are never missing: what is not known is null. Sizes and
 * addresses are integers, bytes. Readers must accept keys that are not named here.
 * schema/report.schema.json says the same to programs.
 *
 * The status, "ramdax status --json", also of apply, wipe and scrub, and /run/ramdax/report.json:
 *
 *   version        1
 *   status         exit status (of apply: the true one, which --boot hides)
 *   boot_kind      cold, firmware, kexec or unknown
 *   boot_id        of the kernel
 *   medium         "ram": all of it is gone at power off
 *   kernel         release
 *   driver         of ramdax: missing, module (not loaded) or ready
 *   program        version of ramdax
 *   layout         {path, sha256 (of all files), drop_ins: [path], resolved (SHA-256 of what
 *                  "ramdax resolve" prints)}; null and [] without a layout
 *   image          {program, resolved, outdated}: of the initramfs of this boot; null if no ramdax
 *                  ran in it. outdated: it holds another layout than the one above
 *   regions        [{
 *     name         the layout's; the kernel's ("region0") where no region of the layout claims it;
 *                  null if it is a carveout that nobody claims and nothing is bound to
 *     start, size  physical, with the label area; null if there is no carveout, and the start if
 *                  the kernel hides it
 *     usable       for namespaces
 *     free         of that, what no namespace has; null if it is not known
 *     label_area   {start, size}
 *     node         NUMA node
 *     state        see below; created: this boot made all that is in it
 *     reason       why it is so
 *     device       platform device, driver: what is bound to it
 *     kernel_name  "region0"
 *     file, line   of the layout
 *     required
 *     namespaces   [{
 *       name, uuid, mode       fsdax, devdax, sector or raw
 *       size                   capacity: what the device offers
 *       start, raw_size        what it takes of the region
 *       align, map             map: "dev", "mem"; both null for sector and raw
 *       sector_size            null but for sector
 *       device                 "/dev/pmem0.1", "/dev/dax0.2"
 *       kernel_name            "namespace0.1"; null of a damaged label
 *       state, reason
 *       scrubbed               whether it lacks its file system because it was scrubbed
 *       integrity              "unproven": adopted after another boot than kexec, see below
 *       since                  boot_id of the boot that made it, if it is this one; else null
 *       took                   milliseconds that this boot spent for it alone, null if none: for
 *                              one made with others at once, for what is in it
 *       user                   who holds it. apply looks for users, and at what is on the device,
 *                              only where a file system is declared or something is amiss
 *       dax                    whether it is mounted, and with DAX active
 *       file, line, required
 *       filesystem             {type, uuid, label, mount_point}, all null if there is none
 *     }]
 *   }]
 *   took           milliseconds that apply took in this boot, the last time it had something to
 *                  do: {total, looking, modules, bind, labels, enumeration, wipe, scrub, mkfs,
 *                  other}; null if it has not run
 *   journal        whether journald was told of the namespaces
 *   messages       [{level, text}]: error, warning or notice, in order
 *
 * state is one of: created (by this boot), adopted (was there before this boot's first run), absent
 * (reason: why, if it was declared), conflict (differs, kept), foreign (not in the layout),
 * damaged, failed (reason: what refused), deferred (a later run makes or finishes it).
 *
 * Nothing in the medium tells whether it was kept as it was while the firmware had the machine, nor
 * which boot made what a later one adopts: the first is unproven, the second null.
 *
 * The plan, "ramdax plan --json", is the same document, where start, raw_size and size of what is
 * not there yet say where it will be and what it will offer. regions[] also has
 *
 *     verdict      ready, unbound, absent, refused, down or lost
 *
 * and regions[].namespaces[]
 *
 *       verdict      adopted, unfinished, absent, conflict, no room or blocked
 *       data_offset  where in it the data begins
 *       lost         bytes its alignment costs
 *
 * (verdicts are null for what the layout does not name); and then there are
 *
 *   steps          [{
 *     action       reserve, bind, look, clear, enable, create, format, ...
 *     conditional  true: only if the RAM is empty once it is bound
 *     region, namespace, device   whom it concerns: names; device: of the platform
 *     reason, file, line
 *     start, raw_size, size       create: where, and what its device will offer
 *     filesystem                  type, if one will be made
 *   }]
 *   problems       [{status, file, line, text, next, required}]: status as the exit status would
 *                  be; next: what somebody can do about it
 */
#ifndef RAMDAX_REPORT_JSON_H
#define RAMDAX_REPORT_JSON_H

#define REPORT_VERSION 1

#endif
