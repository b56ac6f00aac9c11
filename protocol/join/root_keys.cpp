#include "protocol/join/root_keys.hpp"

namespace ff::join {

Result<SelectedRootKeys> select_root_keys(const RootKeys& keys, MacVersion version) {
  if (!at_least(version, MacVersion::v1_0)) {
    return fail(mac_version, {{"version", static_cast<int>(version)}});
  }
  if (at_least(version, MacVersion::v1_1)) {
    if (!keys.nwk_key) return fail(no_nwk_key);
    if (!keys.app_key) return fail(no_app_key);
    return SelectedRootKeys{*keys.nwk_key, *keys.app_key};
  }
  if (keys.nwk_key && keys.root_key_id != cli_generated_root_key_id) {
    return SelectedRootKeys{*keys.nwk_key, *keys.nwk_key};
  }
  if (!keys.app_key) return fail(no_app_key);
  return SelectedRootKeys{*keys.app_key, *keys.app_key};
}

}  // namespace ff::join
