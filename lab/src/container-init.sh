# Becomes process 1 of a container, in new namespaces.
#
#   sh container-init.sh HOST-NAME STATE-FOLDER "OWN-FOLDER…" [FOLDER-TO-KEEP-VISIBLE…]
#
# Prints "ready" and its process id as the machine sees it, which the machine's /proc, still mounted then, shows.
# Sources of mounts are relative to the state folder: it stays reachable when /var or /tmp is covered.
set -eu
read -r pid rest < /proc/self/stat
hostname "$1"
cd "$2"
own_folders=$3
shift 3
for kept; do
  mkdir -p "./$kept"
  mount --no-canonicalize --bind "$kept" "./$kept"
done
if [ -d run/machine-etc ]; then
  mount --no-canonicalize --bind -o ro /etc run/machine-etc
fi
for own in $own_folders; do
  mount --no-canonicalize --rbind "$own" "/$own"
done
mount -t proc proc /proc
echo 0 > /proc/sys/net/ipv4/ip_forward
# Who asks a service that has been stopped is told so each time, and not once a second.
echo 0 > /proc/sys/net/ipv4/icmp_ratelimit
if [ -e /proc/sys/net/ipv6/conf/all ]; then
  echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6
  echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6
fi
ip link set lo up
cd /
echo "ready $pid"
# With SIGCHLD ignored the kernel reaps orphans by itself, and all that process 1 has to do is to be there.
exec env --ignore-signal=CHLD sleep infinity
