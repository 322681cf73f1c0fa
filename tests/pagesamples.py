"""One small page in each of several formats."""

CRAM = """\
Pods come and go.

  $ kubectl run a \\
  >   --image=nginx
  pod/a created
  $ kubectl get pod b
  Error from server (NotFound): pods "b" not found
  [1]
  $ kubectl get pod a
  NAME * (glob)
  a .*Running.* (re)
"""

TXTAR = """\
# a test
mkdir d
kubectl apply -f a.yaml
stdout 'configmap/a (created|configured)'
! exec kubectl get configmap b
stderr NotFound
exec kubectl get configmap a -o name
cmp stdout want

-- a.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
-- want --
configmap/a
"""

RST = """\
A page
======

.. code-block:: yaml
   :caption: a.yaml

   apiVersion: v1
   kind: ConfigMap
   metadata:
     name: a

Apply it with :program:`kubectl`:

.. tabs::

   .. group-tab:: Windows

      .. code-block:: console

         $ kubectl windows

   .. group-tab:: Linux

      .. code-block:: console

         $ kubectl apply -f a.yaml
         configmap/a created

.. kubesim: fails 1

Then run::

   $ kubectl get cm b
   Error from server (NotFound): configmaps "b" not found
"""

ASCIIDOC = """\
= A page

.a.yaml
[source,yaml]
----
apiVersion: v1 # <1>
kind: ConfigMap
metadata:
  name: a
----
<1> a callout

// kubesim: fails 1

[source,console]
----
$ kubectl get cm b
Error from server (NotFound): configmaps "b" not found
----

Apply it:

[source,bash]
----
kubectl apply -f a.yaml
----

....
configmap/a created
....

 $ kubectl get cm a -o name
 configmap/a
"""
