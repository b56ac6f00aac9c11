// Whatever lies in a repository: no crash, within the limits, and what is read can be asked.
#include <boost/json/parse.hpp>

#include <cstdlib>
#include <map>

#include "protocol/base/bytes.hpp"
#include "protocol/device_repository/answer.hpp"
#include "protocol/device_repository/catalogue.hpp"
#include "protocol/device_repository/document.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ff;
  using namespace ff::device_repository;
  const std::string content(as_text(ByteView(data, size)));
  std::map<std::string, std::string> bodies{{"index.yaml", R"({"brands":[{"brand_id":"acme"}]})"}};
  for (const auto* path : {"index.yaml", "acme/index.yaml", "acme/thing.yaml", "acme/thing.js"}) {
    const auto document = read_document(path, content);
    if (!document) continue;
    boost::json::error_code error;
    boost::json::parse(document->body, error);
    if (document->kind != DocumentKind::script && error) std::abort();
    ignore(make_template(document->body, {}, true), "any outcome is fine");
    ignore(part_of(document->body, CodecFunction::decode_uplink, "x"), "any outcome is fine");
    static_cast<void>(with_pictures(document->body, "acme", "https://x"));
    bodies[path] = document->body;
  }
  const auto catalogue = Catalogue::make(bodies);
  for (const auto* model : catalogue.models({.search = "a"}).entries)
    ignore(catalogue.profile_of({model->brand_id, model->model_id, "", "1.0", "EU_863_870"}),
           "any outcome is fine");
  ignore(catalogue.target_of(1, 1), "any outcome is fine");
  return 0;
}
