/*
 * packet/fast_maps.h - maps that several programs of the kernel have together
 *
 * Thread: control.
 */
#pragma once

struct bpf_object;

/*
 * Let an object have the maps of another one, those that bear the same name;
 * each keeps its own constants and data.
 *
 * In:      obj: opened, not loaded yet; of: loaded, and stays so until then
 * Returns: 0, or a negative errno: obj is of no use then
 */
int fast_maps_share(struct bpf_object *obj, const struct bpf_object *of);
