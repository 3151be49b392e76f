// SPDX-License-Identifier: GPL-2.0-or-later
#include "request.h"

#include "mem.h"

uint64_t request_share_base(const struct layout_region *region, uint64_t capacity)
{
	return region->size.kind == SIZE_BYTES ? align_up(region->size.bytes, PLACE_ALIGN)
					       : capacity;
}

static struct place_request request_of(const struct layout_namespace *ns, uint64_t base)
{
	struct place_request r = {.shape = shape_of(ns), .kind = PLACE_RAW};

	switch (ns->size.kind) {
	case SIZE_BYTES:
		r.kind = PLACE_CAPACITY;
		r.bytes = ns->size.bytes;
		break;
	case SIZE_RAW:
		r.bytes = ns->size.bytes;
		break;
	case SIZE_PERCENT:
		r.bytes = align_down(layout_share(base, ns->size.percent), PLACE_ALIGN);
		break;
	case SIZE_REST:
		r.kind = PLACE_REST;
		r.bytes = base;
		break;
	case SIZE_SUM: /* no namespace has it */
		break;
	}
	return r;
}

struct place_request *requests_of(const struct layout_region *region, uint64_t capacity)
{
	struct place_request *requests = mem_calloc(region->n_namespaces, sizeof(*requests));
	uint64_t base = request_share_base(region, capacity);

	for (size_t i = 0; i < region->n_namespaces; i++)
		requests[i] = request_of(&region->namespaces[i], base);
	return requests;
}
