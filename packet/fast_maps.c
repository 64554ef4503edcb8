/* packet/fast_maps.c - see fast_maps.h */
#include "packet/fast_maps.h"

#include <bpf/libbpf.h>

int fast_maps_share(struct bpf_object *obj, const struct bpf_object *of)
{
	struct bpf_map *map;
	int rc = 0;

	bpf_object__for_each_map(map, obj)
	{
		const struct bpf_map *theirs =
			bpf_object__find_map_by_name(of, bpf_map__name(map));

		if (!rc && theirs && !bpf_map__is_internal(map))
			rc = bpf_map__reuse_fd(map, bpf_map__fd(theirs));
	}
	return rc;
}
