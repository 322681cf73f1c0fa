{
    "kind": "Config",
    "apiVersion": "v1",
    "preferences": {},
    "clusters": null,
    "users": [
        {
            "name": "a",
            "user": {
                "exec": {
                    "command": "x",
                    "args": null,
                    "env": [
                        {
                            "name": "a",
                            "value": "b"
                        }
                    ],
                    "apiVersion": "client.authentication.k8s.io/v1",
                    "installHint": "do it",
                    "provideClusterInfo": false
                }
            }
        },
        {
            "name": "b",
            "user": {
                "auth-provider": {
                    "name": "gcp",
                    "config": {
                        "b": "c",
                        "z": "a"
                    }
                }
            }
        },
        {
            "name": "c",
            "user": {
                "auth-provider": {
                    "name": "gcp",
                    "config": null
                }
            }
        }
    ],
    "contexts": null,
    "current-context": ""
}
