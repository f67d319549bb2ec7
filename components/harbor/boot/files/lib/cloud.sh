# shellcheck shell=bash
# The two clouds: their metadata services, where the documents lie and where the report goes. Sourced by lib.sh.
# No token and no key is in an argument: curl gets headers and credentials by a pipe, which no process list shows.

request() { curl -sS --fail-with-body --connect-timeout 5 --max-time 30 --retry 2 "$@"; }

ec2_metadata() { # PATH: with a session token (IMDSv2)
  local token
  token=$(request -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 300' "$METADATA_URL/latest/api/token") &&
    request -H @<(printf 'X-aws-ec2-metadata-token: %s\n' "$token") "$METADATA_URL/latest/$1"
}

google_metadata() { request -H 'Metadata-Flavor: Google' "$METADATA_URL/computeMetadata/v1/$1"; } # PATH

pick() { # KEY...: the text in the JSON on standard input; the base system has no jq
  python3 -IS -c 'import functools, json, sys; sys.stdout.write(functools.reduce(lambda at, key: at[key], sys.argv[1:], json.load(sys.stdin)))' "$@"
}

cloud_token() { google_metadata instance/service-accounts/default/token | pick access_token; }

aws_credentials() { # of the instance's role, as curl's configuration
  local role
  role=$(ec2_metadata meta-data/iam/security-credentials/) &&
    ec2_metadata "meta-data/iam/security-credentials/${role%%$'\n'*}" | python3 -IS -c 'import json, sys
of = json.load(sys.stdin)
print("user = \"%s:%s\"\nheader = \"X-Amz-Security-Token: %s\"" % (of["AccessKeyId"], of["SecretAccessKey"], of["Token"]))'
}

aws_request() { # METHOD SERVICE URL TARGET BODYFILE: prints the answer; an empty TARGET: a form, not JSON
  local type=application/x-amz-json-1.1 target=("-H" "X-Amz-Target: $4")
  case "$4" in
    '') type='application/x-www-form-urlencoded; charset=utf-8' target=() ;;
    GraniteService*) type=application/x-amz-json-1.0 ;;
  esac
  aws_credentials | request --config - -X "$1" --aws-sigv4 "aws:amz:$REGION:$2" -H "Content-Type: $type" "${target[@]}" \
    --data-binary "@$5" "$3"
}

aws_call() { # SERVICE URL TARGET, the body on standard input
  local body=$RUN_DIR/body.$BASHPID status=0
  cat >"$body"
  aws_request POST "$1" "$2/" "$3" "$body" || status=$?
  rm -f "$body"
  return "$status"
}

get_wanted() { # prints the exact text
  case "$CLOUD" in
    ec2) aws_get ssm "$SSM_URL" AmazonSSM.GetParameter "{\"Name\": \"$WANTED\"}" Parameter Value ;;
    *) google_metadata "instance/attributes/$WANTED" ;;
  esac
}

get_secret() {
  case "$CLOUD" in
    ec2) aws_get secretsmanager "$SECRETS_URL" secretsmanager.GetSecretValue "{\"SecretId\": \"$SECRET\"}" SecretString ;;
    *)
      local token
      token=$(cloud_token) &&
        request -H @<(printf 'Authorization: Bearer %s\n' "$token") "$SECRETS_URL/v1/$SECRET/versions/latest:access" |
        pick payload data | base64 -d
      ;;
  esac
}

aws_get() { # SERVICE URL TARGET BODY KEY...: on an error prints AWS's answer as the error
  local answer
  answer=$(aws_call "$1" "$2" "$3" <<<"$4") || { echo "${answer:-no answer}" >&2; return 1; }
  pick "${@:5}" <<<"$answer"
}

instance_id() { # asked for once a boot
  local file=$RUN_DIR/instance
  [ -s "$file" ] || case "$CLOUD" in
    ec2) ec2_metadata meta-data/instance-id >"$file" ;;
    *) google_metadata instance/id >"$file" ;;
  esac || { rm -f "$file"; return 1; }
  cat "$file"
}

put_report() { # FILE
  case "$CLOUD" in
    ec2) python3 -IS -c 'import json, sys
print(json.dumps({"Name": sys.argv[1], "Value": open(sys.argv[2]).read(), "Type": "String", "Overwrite": True}))' "$REPORT" "$1" |
      aws_call ssm "$SSM_URL" AmazonSSM.PutParameter >/dev/null ;;
    *) request -X PUT -H 'Metadata-Flavor: Google' --data-binary "@$1" "$METADATA_URL/computeMetadata/v1/instance/guest-attributes/$REPORT" >/dev/null ;;
  esac
}
