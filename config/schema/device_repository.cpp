// `dr.*`: the device repository. Names and defaults are the reference's. [spec
// configuration-and-metrics §8, devices-repository-templates-qr §1.5]
#include "config/schema/schema.hpp"

namespace ff::config {

std::vector<Knob> device_repository_knobs() {
  return {
      {"dr.source",
       "Where descriptions of devices are from: directory, or empty for what was imported before.",
       "directory", one(directory_source(), FF_PLACE(dr.source))},
      {"dr.directory",
       "Folder with the LoRaWAN device repository, or an archive of it (.tar, .tar.gz); what of it "
       "is new is imported at the start, and by farfield dr import.",
       "data/lorawan-devices", one(path_or_nothing(), FF_PLACE(dr.directory))},
      {"dr.assets-base-url", "In front of the pictures of devices; empty: their files' names.",
       "https://raw.githubusercontent.com/TheThingsNetwork/lorawan-devices/master",
       one(any_text(), FF_PLACE(dr.assets_base_url))},
  };
}

}  // namespace ff::config
