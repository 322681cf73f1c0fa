{
    "kind": "Config",
    "apiVersion": "v1",
    "clusters": null,
    "users": [
        {
            "name": "a",
            "user": {
                "exec": {
                    "command": "x",
                    "env": [
                        {
                            "name": "a",
                            "value": "b"
                        }
                    ],
                    "apiVersion": "client.authentication.k8s.io/v1",
                    "installHint": "do it"
                }
            }
        },
        {
            "name": "b",
            "user": {
                "auth-provider": {
                    "name": "gcp",
                    "config": {
                        "z": "a",
                        "b": "c"
                    }
                }
            }
        },
        {
            "name": "c",
            "user": {
                "auth-provider": {
                    "name": "gcp"
                }
            }
        }
    ],
    "contexts": null,
    "current-context": ""
}
