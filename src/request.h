/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Declared sizes as requests for space. Pure.
 */
#ifndef RAMDAX_REQUEST_H
#define RAMDAX_REQUEST_H

#include "place.h"

/*
 * One request per namespace of @region, in order; the caller frees them. Shares are of the region's
 * declared size, or of @capacity, bytes for namespaces in its carveout, where the declaration
 * itself is a share of RAM.
 */
struct place_request *requests_of(const struct layout_region *region, uint64_t capacity);

/* What shares are of, see above. */
uint64_t request_share_base(const struct layout_region *region, uint64_t capacity);

#endif
