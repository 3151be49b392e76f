/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is left in a region whose labels are lost: the info blocks where the plan puts namespaces,
 * and at multiples of PLACE_ALIGN, where nearly all begin; above 2 GiB at a thousand places that
 * are spread evenly, multiples of a power of two.
 *
 * The kernel lets nobody read a region but through a namespace, so a scaffold is laid over it, and
 * nothing is written into that. Its label and index come in one write, index last, and it goes in
 * another: whenever this is interrupted, the region either has no index, or this scaffold, and
 * both mean that it has yet to be looked at; unless the scaffold is marked as one through which the
 * region, empty, was then being filled (cover.h).
 */
#ifndef RAMDAX_REMAINS_H
#define RAMDAX_REMAINS_H

#include "cover.h"
#include "plan.h"
#include "sysfs.h"
#include "text.h"

/*
 * Does @step, a STEP_LOOK. Afterwards the region has an index that says that it is empty; or, if
 * there is any valid info block, none, and a mark that it must be kept (LABELS_LOST). If only
 * what is marked as being filled counts as empty (@step->marked), nothing else is looked at. If
 * @keep is not NULL and the region is empty, the scaffold stays, in *@keep. 0, or -errno with a
 * sentence part in @why.
 */
int remains_look(struct sysfs *fs, const struct step *step, struct cover *keep, struct text *why);

/*
 * Does @step, a STEP_REPAIR: labels for what has its info block where the plan puts something, as
 * large as the block says, with the UUID that it asks for and the name of whose UUID that is; and
 * for those of the plan that have none, where nothing else is. If all of the layout that has info
 * blocks is found, what else has one keeps its place, without its name. The kernel then makes of
 * each what its info block says; one that has none comes up raw. The contents of the region are not
 * written. 0, or -errno with a sentence part in @why: -ENODATA if there is no info block, or one
 * elsewhere, over which something would be made next.
 */
int remains_repair(struct sysfs *fs, const struct step *step, struct text *why);

#endif
