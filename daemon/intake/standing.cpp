#include "daemon/intake/standing.h"

namespace dropload::intake {

std::string_view to_string(Attention attention) {
  switch (attention) {
    case Attention::starting:
      return "starting";
    case Attention::watched:
      return "watched";
    case Attention::polled:
      return "polled";
    case Attention::offline:
      return "offline";
  }
  return "starting";
}

void Standing::become(Attention now_is, std::string why, Time now) {
  if (attention != now_is) since = now;
  attention = now_is;
  reason = std::move(why);
}

}  // namespace dropload::intake
