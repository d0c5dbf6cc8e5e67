# deps.sh: finds out what is missing to build (and to test) and asks the system's package manager for it.
# Sourced by run and test: bs_deps build | bs_deps test

bs_have_build_deps ()
{
  command -v meson >/dev/null && command -v ninja >/dev/null && command -v pkg-config >/dev/null &&
    { command -v cc >/dev/null || command -v gcc >/dev/null || command -v clang >/dev/null; } &&
    pkg-config --exists 'gtk4 >= 4.8' 'libadwaita-1 >= 1.2' openblas zlib json-glib-1.0 \
      'sqlite3 >= 3.31' hiredis libprotobuf-c 'libsoup-3.0 >= 3.2' libsecret-1 &&
    command -v protoc-c >/dev/null &&
    command -v glib-compile-schemas >/dev/null && command -v msgfmt >/dev/null
}

bs_have_test_deps ()
{
  bs_have_build_deps && command -v clang >/dev/null && command -v Xvfb >/dev/null && command -v xdotool >/dev/null &&
    command -v openbox >/dev/null && command -v dbus-run-session >/dev/null && command -v redis-server >/dev/null &&
    /usr/bin/python3 -c 'import pyatspi' 2>/dev/null &&
    command -v aarch64-linux-gnu-gcc >/dev/null && command -v qemu-aarch64 >/dev/null &&
    [ -e /usr/include/simde/x86/avx2.h ] && command -v xgettext >/dev/null &&
    { ! command -v localedef >/dev/null || [ -e /usr/share/i18n/locales/de_DE ]; }
}

bs_as_root ()
{
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"
  else echo "This needs administrator rights, and there is no sudo: $*" >&2; return 1; fi
}

# Debian's and Ubuntu's names.
# One a line, so that additions do not meet.
bs_apt_build='
  build-essential
  meson
  ninja-build
  pkg-config
  gettext
  zlib1g-dev
  libgtk-4-dev
  libadwaita-1-dev
  libopenblas-dev
  libjson-glib-dev
  libsqlite3-dev
  libvulkan-dev
  glslc
  libprotobuf-c-dev
  protobuf-c-compiler
  adwaita-icon-theme
  libglib2.0-bin
  libglib2.0-dev-bin
  libhiredis-dev
  libsoup-3.0-dev
  libsecret-1-dev'
bs_apt_test='
  mesa-vulkan-drivers
  vulkan-validationlayers
  clang
  libclang-rt-14-dev
  xvfb
  xauth
  xdotool
  openbox
  dbus
  dbus-x11
  at-spi2-core
  python3-pyatspi
  python3
  python3-venv
  gcc-aarch64-linux-gnu
  libc6-dev-arm64-cross
  qemu-user
  libsimde-dev
  desktop-file-utils
  appstream
  fonts-cantarell
  locales
  redis-server'

bs_deps ()
{
  if [ "$1" = build ] && bs_have_build_deps; then return 0; fi
  if [ "$1" = test ] && bs_have_test_deps; then return 0; fi
  echo "Installing what is missing ..." >&2
  if command -v apt-get >/dev/null; then
    local packages=$bs_apt_build
    [ "$1" = test ] && packages="$packages $bs_apt_test"
    bs_as_root apt-get update -qq
    # shellcheck disable=SC2086
    bs_as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
  elif command -v dnf >/dev/null; then
    bs_as_root dnf install -y gcc meson ninja-build pkgconf gettext zlib-devel gtk4-devel libadwaita-devel openblas-devel json-glib-devel sqlite-devel hiredis-devel libsoup3-devel libsecret-devel glib2-devel \
      vulkan-headers vulkan-loader-devel glslc protobuf-c-devel protobuf-c-compiler
    [ "$1" = build ] || bs_as_root dnf install -y clang compiler-rt xorg-x11-server-Xvfb xdotool openbox python3-pyatspi simde-devel glibc-locale-source
  elif [ -n "${MSYSTEM:-}" ] && command -v pacman >/dev/null; then
    local p=${MINGW_PACKAGE_PREFIX:?run this in an MSYS2 UCRT64 or MINGW64 shell}
    pacman -S --needed --noconfirm "$p-gcc" "$p-meson" "$p-ninja" "$p-pkgconf" "$p-gettext" "$p-zlib" "$p-gtk4" "$p-libadwaita" "$p-openblas" "$p-json-glib" "$p-sqlite3" "$p-hiredis" "$p-libsoup3" "$p-libsecret" \
      "$p-vulkan-headers" "$p-vulkan-loader" "$p-shaderc" "$p-protobuf-c"
  elif command -v pacman >/dev/null; then
    bs_as_root pacman -S --needed --noconfirm base-devel meson ninja pkgconf gettext zlib gtk4 libadwaita openblas json-glib sqlite hiredis libsoup3 libsecret \
      vulkan-headers vulkan-icd-loader shaderc protobuf-c
    [ "$1" = build ] || bs_as_root pacman -S --needed --noconfirm clang compiler-rt xorg-server-xvfb xdotool openbox python-atspi simde
  elif command -v brew >/dev/null; then
    brew install meson ninja pkg-config gettext gtk4 libadwaita openblas json-glib sqlite hiredis libsoup libsecret adwaita-icon-theme \
      vulkan-headers vulkan-loader shaderc protobuf-c
    PKG_CONFIG_PATH="$(brew --prefix openblas)/lib/pkgconfig:${PKG_CONFIG_PATH:-}"; export PKG_CONFIG_PATH
  else
    echo "No package manager that this script knows (apt, dnf, pacman, brew, MSYS2)." >&2
    echo "Needed: a C compiler, meson, ninja, pkg-config, gettext, zlib, GTK >= 4.8, libadwaita >= 1.2, OpenBLAS, SQLite." >&2
    return 1
  fi
  bs_have_build_deps || { echo "Something that the build needs is still missing: see README.md." >&2; return 1; }
}
