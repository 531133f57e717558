-- expect: refused SCRIPT_UNPARSABLE
-- Nothing at all.
-- nothing
/* at all */ ;;
