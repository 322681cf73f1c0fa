"""The command lines that wrong inputs go through."""

from __future__ import annotations


def words(text: str) -> list[str]:
    """Return the words of a text."""
    return text.split()


def lines(text: str) -> list[list[str]]:
    """Return the words of each line of a text."""
    return [line.split() for line in text.strip().splitlines()]


MANIFEST_VERBS = lines("""
create -f @f --dry-run=server
create -f @f
create -f @f --dry-run=client -o yaml
create -f @f --validate=false
create -f @f --save-config --dry-run=server -o name
apply -f @f --dry-run=server
apply -f @f
apply -f @f --dry-run=client
apply -f @f --validate=false
apply -f @f --server-side
apply -f @f --server-side --dry-run=server --force-conflicts
apply -f @f --prune -l app=none --dry-run=server
apply set-last-applied -f @f --create-annotation
apply view-last-applied -f @f
replace -f @f
replace -f @f --force
replace -f @f --dry-run=server
replace -f @f --dry-run=client
diff -f @f
diff -f @f --server-side
label --local -f @f a=b -o yaml
label -f @f a=b --dry-run=server
annotate --local -f @f a=b -o json
annotate -f @f a=b
set image --local -f @f c=nginx:2 -o yaml
set image -f @f *=nginx:2
set env --local -f @f A=B -o yaml
set env -f @f --list
set resources --local -f @f --limits=cpu=1 -o yaml
set selector --local -f @f a=b -o yaml
set serviceaccount --local -f @f sa -o yaml
set subject --local -f @f --user=x -o yaml
scale -f @f --replicas=2
autoscale -f @f --max=3
expose -f @f --port=80
expose -f @f --port=80 --dry-run=client -o yaml
delete -f @f
delete -f @f --dry-run=client
delete -f @f --dry-run=server --ignore-not-found
get -f @f
get -f @f -o yaml
get -f @f -o wide
describe -f @f
rollout status -f @f
rollout history -f @f
rollout restart -f @f
rollout undo -f @f
rollout pause -f @f
wait -f @f --for=delete --timeout=1s
wait -f @f --for=jsonpath={.spec.x}=5 --timeout=1s
patch -f @f -p {"metadata":{"labels":{"z":"z"}}}
patch -f @f --local -p {"spec":{"replicas":2}} -o yaml
taint -f @f k=v:NoSchedule
logs -f @f
auth reconcile -f @f
auth reconcile -f @f --dry-run=client
create -f @f --edit
convert -f @f
debug -f @f
drain minikube --dry-run=client
events --for=pod/x
certificate approve -f @f
kustomize .
""")

SWEEP_VERBS = lines("""
create -f @f
create -f @f --validate=false
apply -f @f
apply -f @f --server-side --force-conflicts
replace -f @f
replace -f @f --validate=false
replace -f @f --force
patch TARGET --type=merge --patch-file=@f
patch TARGET --type=strategic --patch-file=@f
patch TARGET --type=json --patch-file=@j
patch TARGET --type=merge --patch-file=@f --dry-run=client
patch TARGET --subresource=status --type=merge --patch-file=@f
diff -f @f
label -f @f a=b --local -o yaml
label -f @f q=b
annotate -f @f q=b --overwrite
set image -f @f *=nginx:2 --local -o yaml
set env -f @f A=B --local -o yaml
set resources -f @f --limits=cpu=1 --local -o yaml
set serviceaccount -f @f sa --local -o yaml
set selector -f @f a=b --local -o yaml
set subject -f @f --user=x --local -o yaml
scale -f @f --replicas=2
expose -f @f --port=80
autoscale -f @f --max=3
rollout restart -f @f
rollout status -f @f --timeout=1s
delete -f @f --wait=false
wait -f @f --for=condition=Ready --timeout=1s
""")

# What is done with an object that was stored with something wrong in it; TARGET are the words that name it.
AFTERWARDS = lines("""
get TARGET
get TARGET -o wide
get TARGET -o yaml --show-managed-fields
get TARGET --show-labels --sort-by={.spec}
get all,cm,pv,pvc,hpa,pdb,ing -A -o wide
describe TARGET
describe all,nodes
events --for=x/y
events
rollout status TARGET --timeout=1s
rollout history TARGET
rollout history TARGET --revision=1
rollout undo TARGET
rollout restart TARGET
rollout pause TARGET
scale TARGET --replicas=3
autoscale TARGET --max=3
expose TARGET --port=80 --name=exposed
set image TARGET *=nginx:2
set env TARGET A=C
set env TARGET --list --resolve
set resources TARGET --limits=cpu=2
set selector TARGET a=c
set serviceaccount TARGET sa
set subject TARGET --user=z
label TARGET q=r
label TARGET a-
annotate TARGET q=r --overwrite
taint TARGET q=r:NoExecute
cordon extra
drain minikube --ignore-daemonsets --delete-emptydir-data --force --timeout=1s
top pods
top nodes
logs TARGET --all-containers
patch TARGET --type=merge -p {"metadata":{"annotations":{"q":"r"}},"spec":{"replicas":2}}
patch TARGET -p {"spec":{"template":{"spec":{"containers":[{"name":"c","image":"i"}]}}}}
patch TARGET --type=json -p [{"op":"replace","path":"/spec/replicas","value":1}]
patch TARGET --subresource=status --type=merge -p {"status":{"replicas":2}}
edit TARGET
apply -f @f
apply -f @f --server-side --force-conflicts
apply -f @g
apply -f @g --server-side --force-conflicts
apply -f @g --prune --all
replace -f @g
replace -f @g --force
diff -f @g
diff -f @g --server-side
wait TARGET --for=condition=Ready --timeout=1s
wait TARGET --for=jsonpath={.status.phase}=Running --timeout=1s
delete TARGET --wait=false
delete TARGET --cascade=foreground --timeout=2s
delete TARGET --cascade=orphan --wait=false
delete TARGET --force --grace-period=0 --wait=false
delete ns default --wait=false
explain gadgets --recursive
explain gadgets.spec
api-resources
get gadgets -A -o wide
auth can-i --list --as=u
auth can-i get pods --as=system:serviceaccount:default:sa
auth can-i --list --as=x --as-group=g
get pods --as=u --as-group=g
create job made --from=cronjob/cj
create token sa
run made --image=nginx
debug TARGET --image=busybox
get pods -o custom-columns=A:.spec.containers[*].image,B:.metadata.labels
certificate approve csr
sim clock advance 10m
sim clock advance 90s
sim node stop minikube
sim tunnel open
sim doctor
""")

CONFIG_VERBS = lines("""
get ns
config view
config view --minify --flatten
config view -o jsonpath={.users}
config get-contexts
config get-clusters
config get-users
config current-context
config use-context m
config set-context m --namespace=x
config set-context --current --user=u
config set-cluster m --server=x
config set-credentials u --token=t
config set-credentials u --auth-provider=x --auth-provider-arg=a=b --auth-provider-arg=k-
config set-credentials v --exec-command=x --exec-env=A=b --exec-arg=c
config rename-context m n
config delete-context m
config delete-cluster m
config delete-user u
config set users.u.username x
config set contexts.m.namespace x
config set clusters.m.insecure-skip-tls-verify true
config set users.v.exec.command x
config set preferences.colors false
config unset users.u.password
config unset contexts.m
config unset users.v.exec.command
config unset current-context
auth whoami
version
""")

FILES = lines("""
create configmap q --from-file=FILE
create configmap q --from-env-file=FILE
create configmap q --from-file=a=FILE -o yaml
create secret generic q --from-file=FILE
create secret generic q --from-env-file=FILE --dry-run=client -o json
create secret tls q --cert=FILE --key=FILE
create secret docker-registry q --from-file=FILE
create secret docker-registry q --from-file=.dockerconfigjson=FILE
patch cm cm --patch-file=FILE
patch cm cm --patch-file=FILE --type=json
patch cm cm --patch-file=FILE --type=merge
get cm -o go-template-file=FILE
get cm -o jsonpath-file=FILE
get cm -o custom-columns-file=FILE
set env deploy/dep --from=FILE
create -f FILE
create -R -f FILE
apply -f FILE -R
apply -k FILE
kustomize FILE
diff -f FILE
delete -f FILE
config view --kubeconfig=FILE
get ns --kubeconfig=FILE
get ns --kuberc=FILE
cp FILE pod:/x
config set-cluster x --certificate-authority=FILE --embed-certs --kubeconfig=@f
config set-credentials x --client-certificate=FILE --client-key=FILE --embed-certs --kubeconfig=@f
create ingress q --rule=FILE
apply edit-last-applied -f FILE
convert -f FILE
label -f FILE a=b
auth reconcile -f FILE
wait -f FILE --for=delete --timeout=1s
rollout status -f FILE --timeout=1s
""")

SIM = lines("""
clock
clock advance ODD
clock freeze ODD
clock set ODD
clock resume
doctor
doctor --repair repaired
env --shell ODD
env
node stop ODD
node start ODD
node ODD minikube
tunnel open
tunnel ODD
reset --nodes ODD
reset --seed ODD
reset --kubernetes-version ODD
reset --feature-gates ODD
uids ODD
uids pod/x=ODD
uids ODD=ODD
verify @f
verify ODD
ODD
""")

ARGUMENTS = lines("""
pods
deploy dep
pod/pod
-f @f
configmap cm
svc svc
node minikube
crd
-f @f -f @f
sts/sts ds/ds
all -A
gadgets w
pod run
job/job cronjob/cj
deployment/dep replicaset/rs
sa sa x=y
role/r clusterrole/clr
""")
