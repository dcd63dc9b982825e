#!/bin/bash
# package.sh DEB RULES — installs the package under a real systemd in a container, starts it, makes a backup, upgrades, purges it,
# and looks for traces. Root, systemd-container, mmdebstrap. BASE=a Debian tree with systemd; made with mmdebstrap if it is not there.
set -uo pipefail
deb=$(readlink -f "$1") rules=$(readlink -f "$2")
base=${BASE:-/var/cache/sdlab/bookworm}
pass=0 fail=0 pid='' inner=''
ok() { pass=$((pass + 1)); echo "ok   $*"; }
bad() { fail=$((fail + 1)); echo "FAIL $*"; }
t() { local what=$1; shift; if "$@" > /dev/null 2>&1; then ok "$what"; else bad "$what"; fi; }
not() { ! "$@"; }
[ -e "$base/sbin/init" ] || { mkdir -p "$(dirname "$base")"; mmdebstrap --quiet --variant=minbase --include=systemd,systemd-sysv,dbus,procps bookworm "$base" "${SOURCES:-/etc/apt/sources.list.d/debian.sources}" || exit 77; }
work=$(mktemp -d); mount -t tmpfs -o size=1g tmpfs "$work"; mkdir "$work"/{up,wk,root}
mount -t overlay overlay -o "lowerdir=$base,upperdir=$work/up,workdir=$work/wk" "$work/root"; root=$work/root
clean() {
  [ -n "$inner" ] && nsenter -t "$inner" -a systemctl poweroff 2> /dev/null
  for _ in $(seq 50); do kill -0 "$pid" 2> /dev/null || break; sleep .1; done
  [ -n "$pid" ] && kill -KILL "$pid" 2> /dev/null
  umount -l "$root" "$work"; rmdir "$work"
}
trap clean EXIT
cp "$deb" "$root/groundswell.deb"; cp -r "$rules" "$root/rules"; : > "$root/etc/machine-id"; echo package > "$root/etc/hostname"
setsid systemd-nspawn -q -D "$root" -b -M "package-$$" --private-network --register=no --keep-unit --console=pipe --capability=all --system-call-filter=bpf SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1 < /dev/null > "$work/console" 2>&1 & pid=$!
for _ in $(seq 100); do inner=$(pgrep -P "$pid" | head -1); [ -n "$inner" ] && nsenter -t "$inner" -a systemctl is-system-running 2> /dev/null | grep -qE 'running|degraded' && break; sleep .1; done
[ -n "$inner" ] || { cat "$work/console"; exit 77; }
X() { nsenter -t "$inner" -a "$@"; }
soon() { for _ in $(seq 200); do "$@" > /dev/null 2>&1 && return 0; sleep .1; done; return 1; }
# What is ours, beside dpkg's own books and the journal.
traces() { X find / -xdev \( -path /proc -o -path /sys -o -path /var/log -o -path /var/lib/dpkg \) -prune -o -iname '*groundswell*' ! -path /groundswell.deb -print; X find /etc/groundswell /etc/credstore -mindepth 0 2> /dev/null; }
X find / -xdev \( -path /proc -o -path /sys -o -path /var/log -o -path /var/lib/dpkg -o -path /run \) -prune -o -print | sort > "$work/before"
t 'installs' X dpkg -i /groundswell.deb
t 'the service is enabled' X systemctl is-enabled groundswell.service
t 'the service is not started' not X systemctl is-active groundswell.service
t 'the backup timer is enabled' X systemctl is-enabled groundswell-backup.timer
t 'settings are conffiles' X grep -q /etc/groundswell/groundswell.toml /var/lib/dpkg/info/groundswell.conffiles
t 'manual pages and completions' X test -e /usr/share/bash-completion/completions/groundswell
t 'starts without rules, and waits' X systemctl start groundswell
t 'says that it waits' bash -c "nsenter -t $inner -a systemctl show -p StatusText groundswell | grep -q 'no rules are in force yet'"
X sh -c 'cp /rules/*.toml /etc/groundswell/rules/'
t 'takes rules as soon as they are there' soon bash -c "nsenter -t $inner -a systemctl show -p StatusText groundswell | grep -qv 'no rules'"
t 'a backup while it runs' X systemctl start groundswell-backup.service
t 'the backup is there' bash -c "nsenter -t $inner -a sh -c 'ls /var/lib/private/groundswell-backups/*.db'"
t 'the service still runs' X systemctl is-active groundswell.service
t 'the timer of figures is enabled' X systemctl is-enabled groundswell-metrics.timer
X systemctl start groundswell-metrics.service
t 'no figures where nobody collects them' not X test -e /var/lib/prometheus
X mkdir -p /var/lib/prometheus/node-exporter
t 'figures for a node exporter' X systemctl start groundswell-metrics.service
t 'they say that it runs' X grep -qx 'groundswell_up 1' /var/lib/prometheus/node-exporter/groundswell.prom
X systemctl stop groundswell
t 'figures while it stands still' X systemctl start groundswell-metrics.service
t 'they say so' X grep -qx 'groundswell_up 0' /var/lib/prometheus/node-exporter/groundswell.prom
t 'anybody can read them' bash -c "[ \"\$(nsenter -t $inner -a stat -c %a /var/lib/prometheus/node-exporter/groundswell.prom)\" = 644 ]"
t 'it starts again' X systemctl start groundswell
X sh -c 'echo "# mine" >> /etc/groundswell/groundswell.toml'
t 'installs over itself' X dpkg -i /groundswell.deb
t 'and keeps changed settings' X grep -q '# mine' /etc/groundswell/groundswell.toml
t 'runs again after that' soon X systemctl is-active groundswell.service
t 'a backup afterwards, by the same user' X systemctl start groundswell-backup.service
X sh -c 'install -d -m 700 /etc/credstore; echo x > /etc/credstore/groundswell.smtp-password'
t 'is removed' X dpkg -r groundswell
t 'is stopped by that' not X systemctl is-active groundswell.service
t 'what was kept is there until the purge' X test -d /var/lib/private/groundswell
t 'is purged' X dpkg -P groundswell
X find / -xdev \( -path /proc -o -path /sys -o -path /var/log -o -path /var/lib/dpkg -o -path /run \) -prune -o -print | sort > "$work/after"
left=$(comm -13 "$work/before" "$work/after" | grep -v -e '^/var/lib/private$' -e '^/etc/credstore$' -e '^/var/tmp/systemd-private' -e '^/tmp/systemd-private' -e '^/var/lib/systemd/' -e '^/var/cache/private$' -e '^/var/lib/prometheus')
gone() { ! X test -e /var/lib/prometheus/node-exporter/groundswell.prom; }
t 'nor figures' gone
if [ -z "$left" ]; then ok 'no trace is left'; else bad "traces: $left"; fi
stamps=$(X find /var/lib/systemd -name '*groundswell*')
if [ -z "$stamps" ]; then ok 'nor of its timer'; else bad "traces: $stamps"; fi
echo "$pass passed, $fail failed"; [ "$fail" = 0 ]
