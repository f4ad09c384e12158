package app

import (
	"testing"
	"testing/fstest"
)

func TestCgroupMemory(t *testing.T) {
	t.Parallel()
	const none = 0
	for name, tt := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"no control groups": {nil, none},
		"version 2": {map[string]string{
			"proc/self/cgroup": "0::/system.slice/tonarimachi.service\n",
			"sys/fs/cgroup/system.slice/tonarimachi.service/memory.max": "536870912\n",
		}, 512 << 20},
		"version 2, a container that is its own root": {map[string]string{
			"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "268435456\n",
		}, 256 << 20},
		"version 2, the group around it is smaller": {map[string]string{
			"proc/self/cgroup":                  "0::/pods/one\n",
			"sys/fs/cgroup/pods/one/memory.max": "536870912\n",
			"sys/fs/cgroup/pods/memory.max":     "134217728\n",
		}, 128 << 20},
		"version 2, without a limit": {map[string]string{
			"proc/self/cgroup": "0::/a\n", "sys/fs/cgroup/a/memory.max": "max\n", "sys/fs/cgroup/memory.max": "max\n",
		}, none},
		"version 2, a host's path seen from inside": {map[string]string{
			"proc/self/cgroup": "0::/docker/0123\n", "sys/fs/cgroup/memory.max": "268435456\n",
		}, 256 << 20},
		"version 1": {map[string]string{
			"proc/self/cgroup": "5:cpu,cpuacct:/\n4:memory:/docker/0123\n0::/\n",
			"sys/fs/cgroup/memory/docker/0123/memory.limit_in_bytes": "1073741824\n",
		}, 1 << 30},
		"version 1, without a limit": {map[string]string{
			"proc/self/cgroup": "4:memory:/\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
		}, none},
		"nonsense": {
			map[string]string{"proc/self/cgroup": "0\n::\n0::/../..\n", "sys/fs/cgroup/memory.max": "-5\n"},
			none,
		},
	} {
		root := fstest.MapFS{}
		for path, text := range tt.files {
			root[path] = &fstest.MapFile{Data: []byte(text)}
		}
		got, ok := cgroupMemory(root)
		if ok != (tt.want != none) || ok && got != tt.want {
			t.Errorf("%s: %d %t, want %d", name, got, ok, tt.want)
		}
	}
}
